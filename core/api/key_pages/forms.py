"""What people write about a key."""

import ipaddress
from collections.abc import Iterable
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django import forms

from core.accounts.models import Merchant
from core.api.key_owners import Named
from core.api.scopes import Scope
from core.common.names import NameInput

MOST_ADDRESSES = 50
LAPS = {"0": "At once", "1": "In 1 day", "7": "In 7 days", "30": "In 30 days"}


class AddressesForm(forms.Form):
    """Where a key may come from. ``cleaned_data`` has ``addresses`` as a list of networks."""

    addresses = forms.CharField(
        label="Addresses it may come from",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One address or network to a line, like 203.0.113.7 or 203.0.113.0/24. Empty: from anywhere.",
    )

    def clean_addresses(self) -> list[str]:
        written = self.cleaned_data["addresses"].replace(",", " ").split()
        if len(written) > MOST_ADDRESSES:
            raise forms.ValidationError(f"Enter up to {MOST_ADDRESSES} addresses or networks.")
        return list(dict.fromkeys(str(_network(each)) for each in written))


class KeyForm(AddressesForm):
    """A new key. ``cleaned_data`` has ``ends_at`` as a moment or None, and ``warehouse_id`` as a number or None."""

    field_order = ("name", "merchant", "warehouse", "scopes", "addresses", "ends_on")

    name = NameInput(
        max_length=80,
        help_text="What uses it: “Reno WMS”, “nightly export”.",
        error_messages={"required": "Say what will use the key."},
    )
    merchant = forms.ModelChoiceField(
        Merchant.objects.none(),
        required=False,
        empty_label="All merchants",
        help_text="A key of one merchant sees only their orders, carts and items.",
    )
    warehouse = forms.ChoiceField(
        required=False,
        help_text="A key of one warehouse fetches its orders, and reports what it ships and has, for no other.",
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one."},
    )
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="It works through this day. Empty: until somebody revokes it.",
    )

    def __init__(
        self,
        *args: Any,
        merchants: Iterable[Merchant],
        warehouses: Named,
        zone: tzinfo,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        merchant: Any = self.fields["merchant"]
        merchant.queryset = merchants
        warehouse: Any = self.fields["warehouse"]
        warehouse.choices = [("", "All warehouses"), *((str(number), name) for number, name in warehouses.items())]
        if not warehouses:
            del self.fields["warehouse"]
        self._zone, self._now = zone, now

    def clean_scopes(self) -> list[Scope]:
        return [Scope(each) for each in self.cleaned_data["scopes"]]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = cleaned.get("warehouse")
        cleaned["warehouse_id"] = int(chosen) if chosen else None
        if chosen and cleaned.get("merchant"):
            self.add_error("warehouse", "Choose a merchant or a warehouse: no key is of both.")
        day = cleaned.get("ends_on")
        cleaned["ends_at"] = None
        if day is not None:
            if not self._now.astimezone(self._zone).date() <= day <= (self._now + timedelta(days=3660)).date():
                self.add_error("ends_on", "Choose a day from today on, within ten years.")
            else:
                cleaned["ends_at"] = datetime.combine(day + timedelta(days=1), time(), self._zone)
        return cleaned


class RotateForm(forms.Form):
    ends = forms.ChoiceField(
        label="When the old one ends",
        choices=LAPS.items(),
        initial="7",
        help_text="Until then both work. Put the new one into use first.",
    )

    @property
    def lap(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["ends"]))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        said = f"“{text[:45]}” is not an address. Write one like 203.0.113.7 or 203.0.113.0/24."
        raise forms.ValidationError(said) from None
