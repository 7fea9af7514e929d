"""What people write about carriers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from shipping.carrier_codes import Carrier


@dataclass(frozen=True, slots=True)
class Row:
    """A carrier with its two fields: what the marketplace is told, and the name the buyer sees."""

    carrier: Carrier
    code: forms.BoundField
    name: forms.BoundField


@dataclass(frozen=True, slots=True)
class Chosen:
    carrier: Carrier
    code: str
    name: str


class CarriersForm(forms.Form):
    """What is told for each carrier: one form, saved at once."""

    def __init__(self, posted: QueryDict | None, *, carriers: Sequence[Carrier]) -> None:
        super().__init__(posted)
        self.carriers = carriers
        for carrier in carriers:
            kept = carrier.kept
            self.fields[f"code_{kept.pk}"] = forms.ChoiceField(
                label=f"What {carrier.place} is told for {kept.carrier}",
                choices=carrier.choices,
                required=False,
                initial=kept.code,
                error_messages={"invalid_choice": f"{carrier.place} knows no such carrier. Choose again."},
            )
            self.fields[f"name_{kept.pk}"] = forms.CharField(
                label=f"Name the buyer sees for {kept.carrier}",
                max_length=60,
                required=False,
                initial=kept.name,
                widget=forms.TextInput(attrs={"placeholder": kept.carrier}),
            )

    def rows(self) -> list[Row]:
        return [
            Row(carrier, self[f"code_{carrier.kept.pk}"], self[f"name_{carrier.kept.pk}"]) for carrier in self.carriers
        ]

    @property
    def changed(self) -> list[Chosen]:
        """Return what somebody chose. A name is of use with the code of all others alone."""
        said = self.cleaned_data
        every = [
            Chosen(carrier, said[f"code_{carrier.kept.pk}"], said[f"name_{carrier.kept.pk}"])
            for carrier in self.carriers
        ]
        return [one for one in every if (one.code, one.name) != (one.carrier.kept.code, one.carrier.kept.name)]
