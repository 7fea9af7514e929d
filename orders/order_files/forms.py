"""What people say about a file of orders: what its columns are, and what it does not say itself."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.common.sheets.head_words import column_choices
from core.common.sheets.rows import Row
from orders.countries import NAMES
from orders.order_files import order_layout
from orders.order_files.order_cells import DateOrder
from orders.order_files.order_heads import NEEDED, OrderColumn
from orders.order_files.order_layout import LayoutFacts, OrderLayout


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
                required=column in NEEDED,
                error_messages={"required": "Choose its column."},
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
