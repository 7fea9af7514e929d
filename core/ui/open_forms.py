"""Forms that several people may have open at once: nobody writes over what somebody else saved meanwhile."""

import hashlib
from typing import Any

from django import forms

OVERTAKEN = (
    "Somebody else saved this after you opened the page, so nothing was saved. What you entered is below. Open the "
    "page again to see what they saved, or save once more to replace it."
)
OVERTAKEN_FIELD = "Somebody else changed this after you opened the page. Check it, then save once more to replace it."


class WholeForm(forms.BaseForm):
    """A form that is saved as a whole. The page brings back a digest of what was stored when it was shown.

    What the form begins with must be what is stored: its instance, or its ``initial``. A template that places each
    field by itself has {{ form.seen }}, too.
    """

    SEEN = "seen"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.SEEN] = forms.CharField(
            required=False, max_length=64, widget=forms.HiddenInput, initial=self._stored
        )

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody else saved since the page was shown. A request that shows no page says nothing."""
        seen = self.data.get(self.add_prefix(self.SEEN))
        return bool(seen) and seen != self._stored()

    def refuse_overtaken(self) -> bool:
        """Say so if somebody else saved since; sent once more, it replaces what they saved."""
        if not self.is_overtaken:
            return False
        self.add_error(None, OVERTAKEN)
        self.data = _with(self.data, self.add_prefix(self.SEEN), self._stored())
        return True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned.pop(self.SEEN, None)
        self.refuse_overtaken()
        return cleaned

    def _stored(self) -> str:
        instance = getattr(self, "instance", None)
        if instance is not None and instance._state.adding:
            return "new"  # whatever it begins with: nothing is stored that somebody could save over
        stored = [
            (name, self.get_initial_for_field(field, name)) for name, field in self.fields.items() if name != self.SEEN
        ]
        return hashlib.sha256(
            repr([(name, "" if value is None else str(value)) for name, value in stored]).encode()
        ).hexdigest()[:32]


class OpenForm(forms.Form):
    """A form of many choices, of which only what somebody changed is taken.

    What others chose since the page was shown stays as they chose it; where two changed the same, the later is told.
    Each field that is told apart so has ``show_hidden_initial``: the page brings back what it showed.
    """

    def is_touched(self, name: str) -> bool:
        """Whether a field says something else than the page showed. One that the page did not have says nothing."""
        said = self[name]
        if said.html_initial_name in self.data:
            return self.fields[name].has_changed(self.data[said.html_initial_name], said.data)
        return said.html_name in self.data

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, field in self.fields.items():
            said = self[name]
            if said.html_initial_name not in self.data or not self.is_touched(name):
                continue
            stored = "" if said.initial is None else str(said.initial)
            if field.has_changed(self.data[said.html_initial_name], stored) and field.has_changed(stored, said.data):
                self.add_error(name, OVERTAKEN_FIELD)
                self.data = _with(self.data, said.html_initial_name, stored)
        return cleaned


def _with(data: Any, name: str, value: str) -> Any:
    """Return what was sent, with this changed. A request's own is not to be written into."""
    changed = data.copy()
    changed[name] = value
    return changed
