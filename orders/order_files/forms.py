"""What people say about a file of orders: the file itself, and what its columns are."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.common.sheets.head_words import column_choices
from core.common.sheets.rows import Row
from core.common.sheets.sheet_refusal import MOST_BYTES, Unreadable
from core.common.sheets.sheet_text import text_of
from orders.countries import NAMES
from orders.order_files import order_layout
from orders.order_files.order_cells import DateOrder
from orders.order_files.order_heads import NEEDED, WORDS, OrderColumn
from orders.order_files.order_layout import LayoutFacts, OrderLayout


class OrderFileForm(forms.Form):
    file = forms.FileField(
        label="File",
        max_length=255,
        allow_empty_file=True,
        help_text="CSV, text or Excel (.xlsx), up to 5 MB and 10,000 rows. You can also drop it here.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.tab,.xlsx", "data-drop": ""}),
        error_messages={"required": "Choose a file."},
    )

    def clean_file(self) -> Any:
        """Its text goes on as ``text``."""
        file = self.cleaned_data["file"]
        try:
            self.text = text_of(file.read(MOST_BYTES + 1), WORDS.sense)
            if not order_layout.read(self.text):
                raise forms.ValidationError("There are no rows in it.")
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from None
        return file


class ColumnsForm(forms.Form):
    """What the columns of a file are, and what it does not say itself."""

    has_heads = forms.BooleanField(label="It has heads above its columns", required=False)
    dates = forms.ChoiceField(
        label="Dates",
        choices=[("", "Year first, or the file tells"), *DateOrder.choices],
        required=False,
    )
    country = forms.ChoiceField(
        label="Country where none is written",
        choices=[("", "None: it is in the file"), *NAMES.items()],
        required=False,
    )

    def __init__(self, posted: Any, *, layout: OrderLayout, rows: Sequence[Row]) -> None:
        super().__init__(
            posted,
            initial={
                "has_heads": layout.head is not None,
                "dates": layout.dates or "",
                "country": layout.country,
            },
        )
        offered = column_choices(layout.head, rows)
        for column in OrderColumn:
            place = layout.places.get(column)
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=column.label,
                choices=offered,
                required=False,
                initial="" if place is None else str(place),
            )

    @property
    def needed(self) -> list[forms.BoundField]:
        return [self[f"column_{column}"] for column in OrderColumn if column in NEEDED]

    @property
    def others(self) -> list[forms.BoundField]:
        return [self[f"column_{column}"] for column in OrderColumn if column not in NEEDED]

    def chosen(self, rows: Sequence[Row]) -> OrderLayout:
        """Return the layout as somebody said it. The form must be valid."""
        said = self.cleaned_data
        places = {column: int(said[f"column_{column}"]) for column in OrderColumn if said[f"column_{column}"]}
        dates = DateOrder(said["dates"]) if said["dates"] else None
        return order_layout.chosen(rows, places, LayoutFacts(said["has_heads"], dates, said["country"]))
