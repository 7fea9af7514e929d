"""Which column of a warehouse's file says what."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.common.sheets.head_words import column_choices
from core.common.sheets.rows import Row
from orders.order_files.order_cells import DateOrder
from shipping.tracking_import.sheet import sheet_columns
from shipping.tracking_import.sheet.heads import Column
from shipping.tracking_import.sheet.sheet_columns import NEEDED
from shipping.warehouse_files import ship_dates
from shipping.warehouse_files.shipment_layout import ShipmentLayout


class ShipmentColumnsForm(forms.Form):
    """What the columns of a file of shipments are, and how it writes its dates."""

    shipped_on = forms.ChoiceField(label="Ship date", required=False)
    dates = forms.ChoiceField(
        label="Dates", choices=[("", "Year first, or the file tells"), *DateOrder.choices], required=False
    )

    def __init__(self, posted: Any, *, layout: ShipmentLayout, rows: Sequence[Row]) -> None:
        dates, found = layout.dates, layout.sheet
        self.found, self.rows = found, rows
        super().__init__(
            posted,
            initial={"shipped_on": "" if dates.place is None else str(dates.place), "dates": dates.order or ""},
        )
        offered = column_choices(found.head, rows)
        choice: Any = self.fields["shipped_on"]
        choice.choices = offered
        for column in Column:
            place = found.places.get(column)
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=column.label,
                choices=offered,
                required=column in NEEDED,
                error_messages={"required": f"Choose the column of the {column.label.lower()}s."},
                initial="" if place is None else str(place),
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        return [*(self[f"column_{column}"] for column in Column), self["shipped_on"], self["dates"]]

    @property
    def chosen(self) -> ShipmentLayout:
        """Return the columns as somebody said them. The form must be valid."""
        said = {column: self.cleaned_data[f"column_{column}"] for column in Column}
        sheet = sheet_columns.chosen(
            self.found, {column: int(place) if place else None for column, place in said.items()}
        )
        place, order = self.cleaned_data["shipped_on"], self.cleaned_data["dates"]
        dates = ship_dates.ordered(
            int(place) if place else None, sheet.body(self.rows), DateOrder(order) if order else None
        )
        return ShipmentLayout(sheet, dates)
