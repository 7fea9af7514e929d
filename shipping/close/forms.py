"""The forms of Ship and Close: what all orders share, and a package. Only shapes are looked at here.

What is missing or cannot be is said by preflight, all of it at once and by name.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from core.common.typed_signs import trim
from orders.models import Line, Order
from shipping.carriers.labels import tracking_form
from shipping.carriers.typed_words import refusal, wrong_scac
from shipping.close.method_menu import BY_METHOD, MethodMenu
from shipping.models import Untracked
from shipping.shipments.shipped_packages import Opening, Parcel

LISTED = 25  # lines with a field each; an order of more has one text for all of them
MOST_UNITS = 2**31 - 1
CODE = re.compile(r"[!-~]{6,100}")  # Amazon gives no form; labels hold AZ: and letters, or long serial numbers
DIGITS, SEPARATORS = "0123456789", " \t\f\v,;"
LONGEST_SCAN = 500  # characters: the whole barcode of a label, of which the number is a part
LONGEST_UNITS = 10  # digits
LONGEST_CONTENTS = 50_000  # characters: the lines of the longest order
NUMBERLESS = [(value, f"No tracking number: {label[0].lower()}{label[1:]}") for value, label in Untracked.choices]


class AskedField(forms.CharField):
    """A text everybody must give. That it is missing is said by preflight, together with all else that is wrong."""

    def validate(self, value: Any) -> None:
        """Let a blank one pass."""


class CodesField(forms.CharField):
    """The codes on the units of one line, scanned or pasted: blanks, commas and new lines stand between them."""

    def __init__(self) -> None:
        attrs = {"rows": 2, "spellcheck": "false", "autocapitalize": "off", "data-codes": ""}
        super().__init__(required=False, max_length=LONGEST_CONTENTS, widget=forms.Textarea(attrs=attrs))
        self.widget.attrs.pop("maxlength", None)  # a browser would cut off what is pasted, and tell nobody

    def clean(self, value: Any) -> list[str]:
        codes = re.split(r"[\s,;]+", super().clean(value).strip())
        codes = [code for code in codes if code]
        odd = next((code for code in codes if not CODE.fullmatch(code)), "")
        if odd:
            raise forms.ValidationError(
                f"“{odd[:40]}” is not a Transparency code. Scan the square code on the label, one for each unit."
            )
        return codes


class ByMethodForm(forms.Form):
    """Carrier, SCAC and service: a ship method's, or typed. What stands in the three fields is what is sent.

    ``filled_by`` is the ship method they were filled in by: it tells a method that was chosen after they were typed
    from fields that were typed over a method (set_all.settle).
    """

    method = forms.ChoiceField(
        required=False,
        label="Ship method",
        error_messages={"invalid_choice": "The warehouse doesn't have this ship method. Choose again."},
    )
    filled_by = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    carrier = AskedField(max_length=60, label="Carrier")
    scac = AskedField(max_length=10, label="SCAC", required=False)
    service = AskedField(max_length=60, label="Service")

    def __init__(self, said: Mapping[str, Any], menu: MethodMenu) -> None:
        super().__init__(said)
        self.menu = menu
        self.fields["method"].choices = menu.choices  # type: ignore[attr-defined]

    def clean_carrier(self) -> str:
        return self._clean_name("carrier")

    def clean_service(self) -> str:
        return self._clean_name("service")

    def _clean_name(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if why := refusal(name, text):
            raise forms.ValidationError(why)
        return text

    def clean_scac(self) -> str:
        """What of it would be left out in silence is refused: the page shows what is sent."""
        text: str = self.cleaned_data["scac"]
        if why := refusal("SCAC", text) or wrong_scac(text):
            raise forms.ValidationError(why)
        return text

    def sent(self, name: str) -> str:
        """Return what was sent for a field."""
        return str(self.data.get(self.add_prefix(name)) or "")

    @property
    def options(self) -> str:
        """The menu, with the chosen one marked."""
        return self.menu.options(self.sent("method"))

    @property
    def typed(self) -> list[forms.BoundField]:
        return [self[name] for name in BY_METHOD]

    @property
    def says_carrier(self) -> bool:
        """Whether it says anything about who carries it."""
        return any(self.sent(name).strip() for name in ("method", *BY_METHOD))


class SharedForm(ByMethodForm):
    """What all orders are set to at once, and what counts for those that say nothing else; and the ship date of all."""

    shipped_on = forms.DateField(label="Ship date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class PackageForm(ByMethodForm):
    """One package of an order. Alone it has a tracking number only, and everything still open in it."""

    tracking = AskedField(max_length=LONGEST_SCAN, label="Tracking number")
    untracked = forms.ChoiceField(required=False, choices=[("", "Has a tracking number"), *NUMBERLESS])

    def __init__(
        self,
        said: Mapping[str, Any],
        order: Order,
        number: int,
        menu: MethodMenu,
        *,
        last: bool,
        openings: Sequence[Opening] | None,
        left_out: Sequence[Line] = (),
        coded: Sequence[Opening] = (),
    ) -> None:
        """``openings`` are the lines still open, when it is said what is in the package.

        ``left_out`` are those a filter keeps from the warehouse: they go into no package.
        ``coded`` are the open lines each unit of which has a code of its own.
        """
        self.order, self.number, self.last, self.openings, self.left_out = order, number, last, openings, left_out
        self.coded = coded
        self.warnings: list[str] = []
        self.method_warnings: list[str] = []  # those of them that are about its ship method
        super().__init__(said, menu)
        one_of_many = number > 1 or not last
        of = f"package {number} of {order.number}" if one_of_many else order.number
        self._name("tracking", f"Tracking number of {of}")
        self.fields["tracking"].widget.attrs |= {"data-scan": "", "spellcheck": "false"}
        self.fields["tracking"].widget.attrs.pop("maxlength", None)  # it would cut off what is pasted, and tell nobody
        self._name("untracked", f"Without a tracking number: {of}")
        for name in ("method", *BY_METHOD):
            self.fields[name].short = self.fields[name].label  # type: ignore[attr-defined]
            self._name(name, f"{self.fields[name].label} of {of}")
        for name in BY_METHOD:
            self.fields[name].widget.attrs["placeholder"] = "As for all"
        for opening in coded:
            name = f"codes_{opening.line.pk}"
            self.fields[name] = CodesField()
            self._name(name, f"Transparency codes of {opening.line.sku} in {of}")
        if openings is None:
            return
        if self.listed:
            for opening in openings:
                name = f"units_{opening.line.pk}"
                self.fields[name] = forms.IntegerField(required=False, min_value=0, max_value=MOST_UNITS)
                self._name(name, f"Units of {opening.line.sku} in {of}")
                self.fields[name].widget.attrs["placeholder"] = "the rest" if last else "0"
        else:
            self.fields["contents"] = forms.CharField(
                required=False, max_length=LONGEST_CONTENTS, widget=forms.Textarea(attrs={"rows": 5})
            )
            # A browser would cut off what is pasted, and tell nobody.
            self.fields["contents"].widget.attrs.pop("maxlength")
            self._name("contents", f"Units in {of}")

    def _name(self, field: str, label: str) -> None:
        self.fields[field].label = label
        self.fields[field].widget.attrs |= {"aria-label": label, "autocomplete": "off"}

    def add_prefix(self, field_name: str) -> str:
        suffix = f"_{self.number}" if self.number > 1 else ""
        return f"{field_name}_{self.order.pk}{suffix}"

    @property
    def number_warnings(self) -> list[str]:
        return [said for said in self.warnings if said not in self.method_warnings]

    @property
    def shows_typed(self) -> bool:
        """Whether the three fields are to be seen: where something was typed, or something is wrong with them."""
        typed = not self.sent("method") and self.says_carrier
        return typed or any(name in self.errors for name in BY_METHOD)

    @property
    def listed(self) -> bool:
        return len(self.openings or ()) <= LISTED

    @property
    def units(self) -> list[tuple[Opening, forms.BoundField]]:
        return [(each, self[f"units_{each.line.pk}"]) for each in self.openings or ()] if self.listed else []

    def clean_contents(self) -> dict[int, int] | None:
        """Read "SKU units", one a line. A SKU on several lines of the order is taken from one after the other."""
        rows = [row.strip() for row in self.cleaned_data["contents"].splitlines() if row.strip()]
        wanted: dict[str, int] = {}
        for row in rows:
            sku, units = read_row(row)
            sku = trim(sku)
            if not sku:
                raise forms.ValidationError(f"“{row[:60]}” is not a SKU and a number of units, like: MUG-BLUE 3")
            wanted[sku] = wanted.get(sku, 0) + units
        by_sku: dict[str, list[Opening]] = {}
        for opening in self.openings or ():
            by_sku.setdefault(trim(opening.line.sku), []).append(opening)  # some begin or end with a blank
        taken: dict[int, int] = {}
        for sku, units in wanted.items():
            if sku not in by_sku:
                if any(trim(line.sku) == sku for line in self.left_out):
                    raise forms.ValidationError(f"“{sku[:60]}” is left out of this order. Don't ship it.")
                raise forms.ValidationError(f"No units of “{sku[:60]}” are still open in this order.")
            for opening in by_sku[sku][:-1]:
                taken[opening.line.pk] = min(units, opening.units)
                units -= taken[opening.line.pk]
            taken[by_sku[sku][-1].line.pk] = units
        return taken or None

    @property
    def codes(self) -> list[tuple[Opening, forms.BoundField]]:
        return [(each, self[f"codes_{each.line.pk}"]) for each in self.coded]

    def tracking_number(self, shared: Mapping[str, Any]) -> str:
        """Return the number as it will be kept, also of a form that is not valid. ``shared`` is what was sent."""
        carrier, scac = (
            str(self.data.get(self.add_prefix(name)) or shared.get(name) or "") for name in ("carrier", "scac")
        )
        return tracking_form(str(self.data.get(self.add_prefix("tracking"), "")), carrier=carrier, scac=scac)

    def parcel(self, shared: Mapping[str, Any]) -> Parcel:
        """Return what was said. The form must be valid."""
        said = self.cleaned_data
        carrier, scac, service = (said[name] or shared[name] for name in BY_METHOD)
        if said["method"] or carrier != shared["carrier"]:
            scac = said["scac"]  # the one above is another carrier's
        codes = {each.line.pk: said[f"codes_{each.line.pk}"] for each in self.coded}
        return Parcel(
            carrier,
            scac,
            service,
            said["tracking"],
            self._quantities(),
            said["untracked"],
            {pk: found for pk, found in codes.items() if found},
        )

    def _quantities(self) -> Mapping[int, int] | None:
        """Return line id: units. None is the rest, which only the last package takes."""
        if self.openings is None:
            return None
        if self.listed:
            said = {each.line.pk: self.cleaned_data[f"units_{each.line.pk}"] for each in self.openings}
            units = {pk: number for pk, number in said.items() if number is not None} or None
        else:
            units = self.cleaned_data["contents"]
        return {} if units is None and not self.last else units

    def place_of(self, line: int | None) -> str | None:
        """Return the field of a line's units; where there is none, the package's own place for errors."""
        name = f"units_{line}" if self.listed else "contents"
        return name if name in self.fields else None


def read_row(row: str) -> tuple[str, int]:
    """Return the SKU and the units of a row like "MUG-BLUE, 3"; no SKU when it is none. Each sign is looked at once."""
    before = row.rstrip(DIGITS)
    digits, sku = row[len(before) :], before.rstrip(SEPARATORS)
    if not sku or sku == before or not 0 < len(digits) <= LONGEST_UNITS:
        return "", 0
    return sku, int(digits)
