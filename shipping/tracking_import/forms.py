"""What people say when they import tracking: a sheet, what its columns are, and which of several orders is meant."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from core.common.sheets.head_words import column_choices
from core.common.sheets.rows import Row
from core.common.sheets.sheet_refusal import MOST_BYTES, Unreadable
from core.common.sheets.sheet_text import text_of
from shipping.tracking_import.matches import Match
from shipping.tracking_import.sheet.heads import Column
from shipping.tracking_import.sheet.sheet_columns import NEEDED, Layout
from shipping.tracking_import.sheet.table import SENSE
from shipping.tracking_import.sheet_orders import LONGEST_CELL

ENDLESS = 2 * MOST_BYTES  # what is longer than a sheet may be is said by whoever reads it


class SheetText(forms.CharField):
    """A pasted sheet, as it is: blanks at its beginning are an empty cell."""

    def __init__(self, *, rows: int, required: bool, **kwargs: Any) -> None:
        attrs = {"rows": rows, "spellcheck": "false", "autocomplete": "off", "wrap": "off", "class": "mono"}
        super().__init__(
            required=required, strip=False, max_length=ENDLESS, widget=forms.Textarea(attrs=attrs), **kwargs
        )
        self.widget.attrs.pop("maxlength", None)  # a browser would cut off what is pasted, and tell nobody


class SheetForm(forms.Form):
    """A sheet, pasted or as a file."""

    text = SheetText(
        rows=8,
        required=False,
        label="Paste rows from a sheet",
        help_text="With the heads of the columns, if there are any: order number, tracking number, carrier, service.",
    )
    file = forms.FileField(
        required=False,
        label="Or choose a file",
        max_length=255,
        allow_empty_file=True,
        help_text="Excel (.xlsx), CSV or text, up to 5 MB and 10,000 rows. You can also drop it here.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt,.tab", "data-drop": ""}),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        file = said.get("file")
        try:
            if file is not None:
                said["sheet"] = text_of(file.read(MOST_BYTES + 1), SENSE)
            elif said.get("text", "").strip():
                said["sheet"] = said["text"]
            elif not self.errors:
                self.add_error("text", "Paste the rows of your sheet, or choose a file.")
        except Unreadable as error:
            self.add_error("file", str(error))
        return said


class MendForm(forms.Form):
    """A sheet put right: its text, what its columns are, when it was shipped, which of several orders is meant."""

    text = SheetText(rows=12, required=True, label="The sheet")
    shipped_on = forms.DateField(label="Ship date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(
        self,
        posted: Any,
        *,
        text: str,
        shipped_on: date,
        layout: Layout,
        rows: Sequence[Row],
        matches: Sequence[Match],
        numbers: Mapping[int, str],
    ) -> None:
        super().__init__(posted, initial={"text": text, "shipped_on": shipped_on})
        self.layout = layout
        offered = column_choices(layout.head, rows)
        for column in Column:
            place = layout.places.get(column)
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=column.label,
                choices=offered,
                required=column in NEEDED,
                error_messages={"required": f"Choose the column of the {column.label.lower()}s."},
                initial="" if place is None else str(place),
                show_hidden_initial=True,
            )
        self.which: Mapping[str, Match] = {
            f"which_{number}": each for number, each in enumerate(matches) if len(each.choices) > 1
        }
        for name, each in self.which.items():
            self.fields[name] = forms.ChoiceField(
                label=f"Order for {each.said.number}",
                choices=[("", "Choose…"), *((str(order.pk), _described(order)) for order in each.choices)],
                required=False,
                initial=str(each.order.pk) if each.order else "",
            )
            self.fields[name].widget.attrs |= {"form": "mend"}
        for each in matches:
            for row in each.said.gaps:
                self.fields[f"number_{row}"] = forms.CharField(
                    label=f"Tracking number of row {row}",
                    required=False,
                    max_length=LONGEST_CELL,
                    initial=numbers.get(row, ""),
                    widget=forms.TextInput(
                        attrs={"form": "mend", "class": "mono", "autocomplete": "off", "spellcheck": "false"}
                    ),
                )

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{column}"] for column in Column]

    @property
    def chosen_columns(self) -> dict[Column, int | None]:
        """Return what somebody changed about the columns. The form must be valid."""
        said = {column: self.cleaned_data[f"column_{column}"] for column in Column}
        changed = [column for column in Column if f"column_{column}" in self.changed_data]
        return {column: int(said[column]) if said[column] else None for column in changed}

    @property
    def chosen_orders(self) -> dict[str, int]:
        """Return by the bare number which order is meant. The form must be valid."""
        picked = {each.said.key: self.cleaned_data[name] for name, each in self.which.items()}
        return {key: int(pk) for key, pk in picked.items() if pk}

    @property
    def typed_numbers(self) -> dict[int, str]:
        """Return by the row what was typed where the sheet has no tracking number. The form must be valid."""
        sent = [name for name in self.cleaned_data if name.startswith("number_") and name in self.data]
        return {int(name.removeprefix("number_")): self.cleaned_data[name] for name in sent}

    def numbers_of(self, match: Match) -> list[forms.BoundField]:
        return [self[f"number_{row}"] for row in match.said.gaps]

    def choice_of(self, match: Match) -> forms.BoundField | None:
        return next((self[name] for name, each in self.which.items() if each is match), None)


def _described(order: Any) -> str:
    return f"{order.cart.merchant.name} · {order.cart.name}: {order.state.label}"
