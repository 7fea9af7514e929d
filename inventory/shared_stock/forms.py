"""What people choose for units that several offers sell."""

from collections.abc import Mapping
from typing import Any

from django import forms

from inventory.models import MOST_ON_HAND, ShelfPolicy
from inventory.shelf_shares import Sharing

MOST_PARTS = 1_000


class SharingForm(forms.Form):
    """The rule, and what it needs to know of each account. ``accounts``: what pages call each of them, by its id."""

    rule = forms.ChoiceField(label="Units that several offers sell", choices=ShelfPolicy.Rule.choices)
    last_units = forms.IntegerField(
        label="Last units",
        min_value=1,
        max_value=MOST_ON_HAND,
        help_text="With “Last units to one”: from so many down, one offer alone shows them and the others show 0.",
    )
    last_grant = forms.ChoiceField(label="They go to", required=False)

    def __init__(self, *args: Any, accounts: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(pk), name) for pk, name in accounts.items()]
        last: Any = self.fields["last_grant"]
        last.choices = [("", "the account connected first"), *names]
        self.accounts = accounts
        for pk, name in accounts.items():
            self.fields[f"share_{pk}"] = forms.IntegerField(
                label=f"Parts for {name}", min_value=0, max_value=MOST_PARTS, required=False
            )

    @property
    def share_fields(self) -> list[forms.BoundField]:
        return [self[f"share_{pk}"] for pk in self.accounts]

    @property
    def sharing(self) -> Sharing:
        """What was chosen."""
        said = self.cleaned_data
        shares = {pk: 1 if (parts := said[f"share_{pk}"]) is None else parts for pk in self.accounts}
        last = said["last_grant"]
        return Sharing(said["rule"], shares, said["last_units"], int(last) if last else None, chosen=True)
