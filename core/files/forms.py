"""A file that somebody brings."""

from typing import Any

from django import forms

from core.common.sheets.rows import SheetSense
from core.common.sheets.rows import read as read_rows
from core.common.sheets.sheet_refusal import MOST_BYTES, Unreadable
from core.common.sheets.sheet_text import text_of


class FileForm(forms.Form):
    """Its text goes on as ``text``, once it is valid. ``sense`` tells that rows are read as they were meant."""

    file = forms.FileField(
        label="File",
        max_length=255,
        allow_empty_file=True,
        help_text="CSV, text or Excel (.xlsx), up to 5 MB and 10,000 rows. You can also drop it here.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.tab,.xlsx", "data-drop": ""}),
        error_messages={"required": "Choose a file."},
    )

    def __init__(self, *args: Any, sense: SheetSense, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sense, self.text = sense, ""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.text = text_of(file.read(MOST_BYTES + 1), self.sense)
            if not read_rows(self.text, self.sense):
                raise forms.ValidationError("There are no rows in it.")
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from None
        return file
