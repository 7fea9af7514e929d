"""Forms of many choices that several people may have open at once."""

from django import forms


class OpenForm(forms.Form):
    """Only what somebody changed is taken: what others chose since the page was shown stays as they chose it.

    Each field that is told apart so has ``show_hidden_initial``: the page brings back what it showed.
    """

    def is_touched(self, name: str) -> bool:
        """Whether a field says something else than the page showed. One that the page did not have says nothing."""
        said = self[name]
        if said.html_initial_name in self.data:
            return self.fields[name].has_changed(self.data[said.html_initial_name], said.data)
        return said.html_name in self.data
