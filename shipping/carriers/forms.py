"""What people write about carriers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from core.common.names import NameInput
from core.ui.open_forms import OpenForm
from shipping.carriers.carrier_codes import Carrier, codes_to_choose
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
            self.fields[f"{CODE}{kept.pk}"] = NameInput(
                label=f"What {carrier.place} is told for {kept.carrier}",
                max_length=60,
                required=False,
                initial=kept.code,
                widget=forms.TextInput(
                    attrs={
                        "list": f"carriers-of-{kept.kind}",
                        "placeholder": carrier.guessed,
                        "autocomplete": "off",
                        "spellcheck": "false",
                    }
                ),
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
    def lists(self) -> dict[str, Sequence[str]]:
        """Return the codes to choose from, by the kind of marketplace. Any other can be entered, too."""
        return codes_to_choose(carrier.kept.kind for carrier in self.carriers)

    @property
    def unlisted(self) -> list[str]:
        """Return the codes somebody entered that are not on the marketplace's list, as far as we know it."""
        known = {kind: set(codes) for kind, codes in self.lists.items()}
        return [each.code for each in self.changed if each.code and each.code not in known[each.carrier.kept.kind]]

    @property
    def changed(self) -> list[Chosen]:
        """Return what somebody changed. A name is of use with the code of all others alone."""
        every = [
            Chosen(carrier, carrier.spelled(self._said("code", carrier.kept)), self._said("name", carrier.kept))
            for carrier in self.carriers
        ]
        return [one for one in every if (one.code, one.name) != (one.carrier.kept.code, one.carrier.kept.name)]

    def _said(self, what: str, kept: CarrierCode) -> str:
        field = f"{what}_{kept.pk}"
        return str(self.cleaned_data[field] if self.is_touched(field) else getattr(kept, what))
