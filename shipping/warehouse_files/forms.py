"""Which column of a warehouse's file says what."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.common.sheets.head_words import column_choices
from core.common.sheets.rows import Row
from shipping.tracking_import.sheet.heads import Column
from shipping.tracking_import.sheet.sheet_columns import NEEDED, Layout


class ShipmentColumnsForm(forms.Form):
    def __init__(self, posted: Any, *, layout: Layout, rows: Sequence[Row]) -> None:
        super().__init__(posted)
        offered = column_choices(layout.head, rows)
        for column in Column:
            place = layout.places.get(column)
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=column.label,
                choices=offered,
                required=column in NEEDED,
                error_messages={"required": f"Choose the column of the {column.label.lower()}s."},
                initial="" if place is None else str(place),
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{column}"] for column in Column]

    @property
    def chosen(self) -> dict[Column, int | None]:
        """Return the columns as somebody said them. The form must be valid."""
        said = {column: self.cleaned_data[f"column_{column}"] for column in Column}
        return {column: int(place) if place else None for column, place in said.items()}
