"""What people write about carriers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from core.common.names import NameInput
from core.ui.open_forms import OpenForm
from shipping.carriers.carrier_codes import Carrier
from shipping.models import CarrierCode

CODE = "code_"  # before the number of what it is about, in a field's name


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """A carrier with its two fields: what the marketplace is told, and the name the buyer sees."""

    carrier: Carrier
    code: forms.BoundField
    name: forms.BoundField


@dataclass(frozen=True, slots=True)
class Chosen:
    carrier: Carrier
    code: str
    name: str


class CarriersForm(OpenForm):
    """What is told for each carrier: one form, saved at once."""

    def __init__(self, posted: QueryDict | None, *, carriers: Sequence[Carrier]) -> None:
        super().__init__(posted)
        self.carriers = carriers
        for carrier in carriers:
            kept = carrier.kept
            self.fields[f"{CODE}{kept.pk}"] = forms.ChoiceField(
                label=f"What {carrier.place} gets for {kept.carrier}",
                choices=carrier.choices,
                required=False,
                initial=kept.code,
                error_messages={"invalid_choice": f"{carrier.place} has no such carrier. Choose again."},
                show_hidden_initial=True,
            )
            self.fields[f"name_{kept.pk}"] = NameInput(
                label=f"Name the buyer sees for {kept.carrier}",
                max_length=60,
                required=False,
                initial=kept.name,
                widget=forms.TextInput(attrs={"placeholder": kept.carrier}),
                show_hidden_initial=True,
            )

    def rows(self) -> list[CarrierRow]:
        return [
            CarrierRow(carrier, self[f"{CODE}{carrier.kept.pk}"], self[f"name_{carrier.kept.pk}"])
            for carrier in self.carriers
        ]

    @property
    def changed(self) -> list[Chosen]:
        """Return what somebody changed. A name is of use with the code of all others alone."""
        every = [
            Chosen(carrier, self._said("code", carrier.kept), self._said("name", carrier.kept))
            for carrier in self.carriers
        ]
        return [one for one in every if (one.code, one.name) != (one.carrier.kept.code, one.carrier.kept.name)]

    def _said(self, what: str, kept: CarrierCode) -> str:
        field = f"{what}_{kept.pk}"
        return str(self.cleaned_data[field] if self.is_touched(field) else getattr(kept, what))
