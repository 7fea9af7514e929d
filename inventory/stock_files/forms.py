"""A file of stock that somebody brings for a merchant, and what its columns are."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.accounts.models import Merchant
from core.common.sheets.head_words import column_choices
from core.common.sheets.rows import Row
from core.files.forms import FileForm
from inventory.stock_files import stock_layout
from inventory.stock_files.stock_layout import WORDS, StockColumn, StockLayout


class StockFileForm(FileForm):
    merchant = forms.ModelChoiceField(Merchant.objects.none(), empty_label="Choose a merchant")
    field_order = ("merchant", "file")

    def __init__(self, *args: Any, merchants: Any, **kwargs: Any) -> None:
        super().__init__(*args, sense=WORDS.sense, **kwargs)
        choice: Any = self.fields["merchant"]
        choice.queryset = merchants


class StockColumnsForm(forms.Form):
    has_heads = forms.BooleanField(label="It has heads above its columns", required=False)

    def __init__(self, posted: Any, *, layout: StockLayout, rows: Sequence[Row]) -> None:
        super().__init__(posted, initial={"has_heads": True})
        self.rows, offered = rows, column_choices(layout.head, rows)
        for column in StockColumn:
            place = layout.places.get(column)
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=column.label,
                choices=offered,
                required=column is StockColumn.SKU,
                error_messages={"required": "Choose its column."},
                initial="" if place is None else str(place),
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{column}"] for column in StockColumn]

    @property
    def chosen(self) -> StockLayout:
        """Return the layout as somebody said it. The form must be valid."""
        said = {column: self.cleaned_data[f"column_{column}"] for column in StockColumn}
        places = {column: int(place) for column, place in said.items() if place}
        return stock_layout.chosen(self.rows, places, has_heads=self.cleaned_data["has_heads"])
