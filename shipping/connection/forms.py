"""What people enter to connect a warehouse's system, and whom they match its accounts with."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings

from core.accounts.models import Merchant
from core.common import allowed_addresses
from core.common.allowed_addresses import AddressRefused
from shipping.models import Warehouse
from shipping.warehouses.base import SettingField, SystemAccount

LONGEST = 300
LARGEST = 2**31 - 1
KEPT = "Leave it empty to keep the one you entered before."


class ConnectionForm(forms.Form):
    """The settings that a warehouse's system asks for. A secret that is kept is not shown, and may be left as it is."""

    def __init__(self, *args: Any, warehouse: Warehouse, kept: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked: Sequence[SettingField] = warehouse.system.fields
        for asked in self.asked:
            known = kept.get(asked.name, "")
            self.fields[asked.name] = _field(asked, known="" if asked.secret else known, is_kept=bool(known))
        self._kept = kept

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for asked in self.asked:
            text = str(said.get(asked.name) or "").strip()
            if asked.secret and not text:
                text = self._kept.get(asked.name, "")
            if text and (wrong := _wrong(asked, text)):
                self.add_error(asked.name, wrong)
            said[asked.name] = text
        return said

    @property
    def open_values(self) -> dict[str, str]:
        return {asked.name: self.cleaned_data[asked.name] for asked in self.asked if not asked.secret}

    @property
    def secret_values(self) -> dict[str, str]:
        return {asked.name: self.cleaned_data[asked.name] for asked in self.asked if asked.secret}


def _field(asked: SettingField, *, known: str, is_kept: bool) -> forms.CharField:
    text = f"{asked.help_text} {KEPT}" if asked.secret and is_kept else asked.help_text
    widget = forms.PasswordInput(attrs={"autocomplete": "off"}) if asked.secret else forms.TextInput()
    return forms.CharField(
        label=asked.label,
        help_text=text,
        initial=known or asked.initial,
        max_length=LONGEST,
        required=asked.required and not (asked.secret and is_kept),
        widget=widget,
        error_messages={"required": f"Enter the {asked.label[:1].lower()}{asked.label[1:]}."},
    )


def _wrong(asked: SettingField, text: str) -> str:
    """Return what is wrong with a value, as a sentence; "" when nothing is."""
    if asked.is_number and not (text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST):
        return f"“{text[:30]}” is not a number. Copy the one that the warehouse’s system shows."
    if asked.is_zone and text not in available_timezones():
        return f"“{text[:30]}” is not a time zone. Write one like America/New_York."
    if asked.is_url:
        try:
            allowed_addresses.check_url(text, settings.OUTBOUND_NETWORKS)
        except AddressRefused as error:
            return str(error)
    return ""


class AccountForm(forms.Form):
    """Which of the system's accounts each merchant is: a menu for each merchant."""

    def __init__(
        self,
        *args: Any,
        merchants: Sequence[Merchant],
        accounts: Sequence[SystemAccount],
        matched: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names = {each.id: each.name for each in accounts}
        choices = [("", "Not here"), *((each.id, f"{each.name} ({each.id})") for each in accounts)]
        suggested = {each.name.casefold(): each.id for each in accounts}
        for merchant in merchants:
            known = matched.get(merchant.pk, "")
            gone = [(known, f"{known} (no longer there)")] if known and known not in self.names else []
            self.fields[f"merchant_{merchant.pk}"] = forms.ChoiceField(
                label=merchant.name,
                choices=[*choices, *gone],
                required=False,
                initial=known or suggested.get(merchant.name.casefold(), ""),
                help_text="" if known or merchant.name.casefold() not in suggested else "Suggested by its name.",
            )
        self.merchants = {merchant.pk: merchant for merchant in merchants}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        chosen: dict[str, int] = {}
        for pk in self.merchants:
            account = str(said.get(f"merchant_{pk}") or "")
            if account and account in chosen:
                other = self.merchants[chosen[account]]
                self.add_error(f"merchant_{pk}", f"{other} is that customer already. One customer is one merchant.")
            elif account:
                chosen[account] = pk
        return said

    @property
    def matches(self) -> dict[int, str]:
        return {pk: str(self.cleaned_data[f"merchant_{pk}"]) for pk in self.merchants}
