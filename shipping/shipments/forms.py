"""The form on which a package is corrected. It begins with what is stored, so that nobody overwrites another's."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime, tzinfo
from typing import Any

from django import forms
from django.forms.models import model_to_dict

from core.ui.open_forms import WholeForm
from orders.models import Line
from shipping.carriers.labels import tracking_form
from shipping.carriers.tracking_numbers import impossible
from shipping.carriers.typed_words import refusal, wrong_scac
from shipping.close.forms import LONGEST_SCAN, MOST_UNITS, NUMBERLESS, CodesField
from shipping.close.preflight import CONTRADICTION, SAID
from shipping.models import Package
from shipping.shipments import correction, ship_date, unit_codes
from shipping.shipments.shipped_packages import Parcel

LISTED = 50  # lines with a field each; the contents of a package of more are left as they are


class CorrectForm(WholeForm, forms.ModelForm):
    """A package as it was shipped, to be changed."""

    shipped_on = forms.DateField(
        required=False, label="Ship date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    class Meta:
        model = Package
        fields = ["tracking_number", "untracked", *[name for name in SAID if name != "tracking_number"]]

    def __init__(self, data: Any, package: Package, *, zone: tzinfo, now: datetime) -> None:
        self.package, self.zone, self.now = package, zone, now
        self.packed, self.most = correction.contents(package), correction.most_units(package)
        candidates = [pk for pk, most in self.most.items() if most or pk in self.packed]
        self.lines: Sequence[Line] = ()
        if len(candidates) <= LISTED:
            self.lines = list(Line.objects.filter(pk__in=candidates).order_by("pk"))
        day = package.shipped_at.astimezone(zone).date()
        self.codes = correction.codes(package)
        self.coded = self._coded()
        units = {f"units_{line.pk}": self.packed.get(line.pk, 0) for line in self.lines}
        codes = {f"codes_{line.pk}": "\n".join(self.codes.get(line.pk, ())) for line in self.coded}
        initial = {**model_to_dict(package), "shipped_on": day, **units, **codes}
        super().__init__(data, initial=initial, instance=copy(package))  # validating writes into it
        self.fields["tracking_number"] = forms.CharField(
            required=False,
            max_length=LONGEST_SCAN,
            label="Tracking number",
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )
        self.fields["tracking_number"].widget.attrs.pop("maxlength", None)  # it would cut off what is pasted
        self.fields["untracked"].choices = [("", "Has a tracking number"), *NUMBERLESS]  # type: ignore[attr-defined]
        for line in self.lines:
            self.fields[f"units_{line.pk}"] = self._units(line)
        for line in self.coded:
            self.fields[f"codes_{line.pk}"] = CodesField()
            self.fields[f"codes_{line.pk}"].label = f"Transparency codes of {line.sku}"

    def _coded(self) -> Sequence[Line]:
        """Return the lines each unit of which has a code: those of a package of many lines are looked for in it."""
        lines = self.lines
        if not lines and self.packed:
            inside = Line.objects.filter(packed__package=self.package, details__isnull=False)
            lines = list(inside.order_by("pk"))
        return [line for line in lines if line.facts.is_transparency][:LISTED]

    def _units(self, line: Line) -> forms.IntegerField:
        most = self.most.get(line.pk, 0)
        canceled = " Some of it was canceled." if line.canceled else ""
        return forms.IntegerField(
            required=False,
            min_value=0,
            max_value=MOST_UNITS,
            label=f"Units of {line.sku}",
            help_text=f"Up to {most}.{canceled}",
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        number, untracked = said.get("tracking_number"), said.get("untracked")
        form = tracking_form(number or "", carrier=said.get("carrier", ""), scac=said.get("scac", ""))
        if "tracking_number" in said:
            said["tracking_number"] = form
        if wrong := impossible(form) or refusal("tracking number", form):
            self.add_error("tracking_number", wrong)
        for name, label in (("carrier", "carrier"), ("scac", "SCAC"), ("service", "service")):
            text = said.get(name) or ""
            if wrong := refusal(label, text) or (wrong_scac(text) if name == "scac" else ""):
                self.add_error(name, wrong)
        if number and untracked:
            self.add_error("tracking_number", CONTRADICTION)
        if not number and not untracked and "tracking_number" not in self.errors:
            self.add_error("tracking_number", "Enter it, or choose why the package has none.")
        for line in self.lines:
            if (units := said.get(f"units_{line.pk}") or 0) > self.most.get(line.pk, 0):
                name = f"units_{line.pk}"
                self.add_error(name, f"{units} of {line.sku} is more than the {self.most[line.pk]} it can hold.")
        for line in self.coded:
            self._clean_codes(line, said)
        if self.lines and self._is_emptied(said) and not self.errors:
            self.add_error(None, "Nothing is left in it. If it was packed by mistake, withdraw it below.")
        if wrong := self._wrong_date(said.get("shipped_on")):
            self.add_error("shipped_on", wrong)
        return said

    def _clean_codes(self, line: Line, said: dict[str, Any]) -> None:
        """Look at the codes of a line where they, or its units, are not what is stored: what is, was told once."""
        name, stored = f"codes_{line.pk}", self.packed.get(line.pk, 0)
        codes = said.get(name) if name in self.data else self.codes.get(line.pk, [])
        units = (said.get(f"units_{line.pk}") or 0) if self._says_units else stored
        if codes is None or (codes == self.codes.get(line.pk, []) and units == stored):
            return
        if wrong := unit_codes.wrong(line.sku, units, codes):
            self.add_error(name, wrong)

    def _wrong_date(self, day: date | None) -> str:
        if day is None:
            return ""
        return ship_date.wrong(self._moment(day), self.package.order, now=self.now)

    def _is_emptied(self, said: Mapping[str, Any]) -> bool:
        return self._says_units and not any(said.get(f"units_{line.pk}") for line in self.lines)

    @property
    def _says_units(self) -> bool:
        """Whether what was sent says what is in it at all: a blank field is none of it, no field says nothing."""
        return any(f"units_{line.pk}" in self.data for line in self.lines)

    def _moment(self, day: date) -> datetime:
        """Return the moment it was shipped: as it is stored, while its day is and it can be."""
        stored = self.package.shipped_at
        if day == stored.astimezone(self.zone).date() and stored >= self.package.order.placed_at:
            return stored
        return ship_date.moment_of(day, self.package.order, now=self.now, zone=self.zone)

    @property
    def shipped_at(self) -> datetime | None:
        """When it was shipped; None where nothing was said about that. The form must be valid."""
        day = self.cleaned_data["shipped_on"]
        return self._moment(day) if day else None

    @property
    def parcel(self) -> Parcel:
        """Return what was said. The form must be valid."""
        said = self.cleaned_data
        quantities = None
        if self._says_units:
            quantities = {line.pk: units for line in self.lines if (units := said.get(f"units_{line.pk}"))}
        fields = {name: said[name] for name in SAID}
        codes = {line.pk: said[f"codes_{line.pk}"] for line in self.coded if f"codes_{line.pk}" in self.data}
        return Parcel(**fields, quantities=quantities, untracked=said["untracked"], codes=codes)
