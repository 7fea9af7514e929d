"""What people write about carts. Shape is checked here, meaning where it is done."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet

from carts.choices import MarketplaceChoice, SellerAccount, accounts, place_of, places
from carts.consent.grants import SELLER_ID
from carts.models import Cart, Grant
from core.accounts.models import Merchant
from core.common import clock
from core.common.names import NameInput
from core.ui.open_forms import WholeForm

FIRST_DAY = date(1995, 1, 1)  # no marketplace is older
SCHEDULES = ("orders_every", "shipments_every", "inventory_every")
ANOTHER = "another"  # in place of an account that has authorized us: one that will


def _place_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    return [(region, [(place.id, place.name) for place in found]) for region, found in places()]


class NewCartForm(forms.Form):
    """A merchant, a marketplace and, where the merchant has authorized us there already, which seller account.

    Which accounts there are is known only after merchant and marketplace: ``asks`` says that the form has to be shown
    once more for that one answer.
    """

    use_required_attribute = False  # a merchant is chosen or a new one is named: the browser cannot know

    merchant = forms.ModelChoiceField(
        Merchant.objects.none(),
        empty_label="Choose a merchant or enter a new one",
        help_text="Whose account this is.",
    )
    new_merchant = NameInput(
        label="New merchant's name",
        max_length=120,
        help_text="Only if the merchant is not in the list.",
        error_messages={"required": "Choose a merchant above, or enter the new merchant's name here."},
    )
    email = forms.EmailField(
        label="New merchant's email",
        max_length=Merchant._meta.get_field("email").max_length,
        required=False,
        help_text="Where setup links and reminders go. You can add it later.",
    )
    place = forms.ChoiceField(
        label="Marketplace",
        choices=_place_choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the marketplace the seller sells on."},
    )
    account = forms.CharField(required=False, max_length=100)
    name = NameInput(
        label="Order source name",
        max_length=80,
        required=False,
        help_text="What the warehouse sees as the source. If left empty, the marketplace's name, such as Amazon.de.",
    )

    def __init__(self, *args: Any, merchants: QuerySet[Merchant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["merchant"]
        choice.queryset = merchants
        self._merchants = list(merchants)
        if len(self._merchants) == 1:
            self.initial.setdefault("merchant", self._merchants[0].pk)
            choice.empty_label = "A new merchant, entered below"
        self._nobody = choice.empty_label
        self.accounts: list[SellerAccount] = []
        self.asks = False

    @property
    def groups(self) -> list[tuple[str, list[MarketplaceChoice]]]:
        return places()

    @property
    def chosen_place(self) -> str:
        return str(self["place"].value() or "")

    @property
    def chosen_account(self) -> str:
        """What stands chosen among the accounts: what was chosen, else the first that is free."""
        free = [account.value for account in self.accounts if account.taken_by is None]
        chosen = str(self["account"].value() or "")
        return chosen if chosen in (*free, ANOTHER) else (free or [ANOTHER])[0]

    def find_accounts(self) -> None:
        """Find the accounts of the merchant and marketplace that are chosen so far, whatever else is missing."""
        named = str(self["merchant"].value() or "")
        merchant = next((each for each in self._merchants if str(each.pk) == named), None)
        place = place_of(self.chosen_place)
        merchant = merchant or self._known(str(self["new_merchant"].value() or ""))
        self.accounts = accounts(merchant, place) if merchant and place else []

    def _known(self, name: str) -> Merchant | None:
        """A new merchant's name may be that of a known one."""
        same = name.strip().casefold()
        return next((each for each in self._merchants if each.name.casefold() == same), None)

    def clean(self) -> dict[str, Any]:
        """Of the merchant and the new one's name, either is enough: what is missing is said at the name."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.has_error("merchant", "required"):
            del self.errors["merchant"]
            cleaned["merchant"] = None
        elif self.has_error("new_merchant", "required"):
            del self.errors["new_merchant"]
            cleaned["new_merchant"] = ""
        if known := self._known(cleaned.get("new_merchant") or ""):
            cleaned["new_merchant"] = known.name  # as it is kept: databases tell capital from small É
        if cleaned.get("merchant") and cleaned.get("new_merchant"):
            self.add_error("new_merchant", f"Leave this empty, or choose “{self._nobody}” above.")
        self._check_email(cleaned.get("merchant"), cleaned.get("email") or "")
        self.find_accounts()
        cleaned["grant"] = self._grant(str(cleaned.get("account") or ""))
        return cleaned

    def _check_email(self, merchant: Merchant | None, email: str) -> None:
        """An address beside a chosen merchant is kept where none is known; another one is not dropped silently."""
        if merchant and email and merchant.email and merchant.email.lower() != email.lower():
            self.add_error(
                "email",
                f"{merchant}'s contact email is {merchant.email}. Leave this empty; you can change it on the "
                "merchant's page.",
            )

    def _grant(self, chosen: str) -> Grant | None:
        account = next((each for each in self.accounts if each.value == chosen), None)
        if account is not None and account.taken_by is None:
            return account.grant
        if account is not None:
            self.add_error("account", f"Seller {account.grant.seller_id} already has a cart there: {account.taken_by}.")
        elif chosen not in ("", ANOTHER):
            self.add_error(
                "account",
                "The merchant no longer has this authorization for this marketplace. Check your choice and continue.",
            )
        self.asks = bool(self.accounts) and not chosen and not self.errors
        return None


def _minutes(field: str) -> forms.IntegerField:
    """A whole number between the limits the model gives."""
    validators = Cart._meta.get_field(field).validators  # type: ignore[union-attr]
    least = next(v.limit_value for v in validators if isinstance(v, MinValueValidator) and v.limit_value > 0)
    most = next(v.limit_value for v in validators if isinstance(v, MaxValueValidator) and v.limit_value <= 1440)
    sentence = f"Enter a whole number of minutes from {least} to {most}."
    errors = dict.fromkeys(("invalid", "min_value", "max_value", "required"), sentence)
    return forms.IntegerField(
        min_value=least, max_value=most, error_messages=errors, help_text=f"From {least} to {most}."
    )


class CartForm(WholeForm, forms.ModelForm):
    earliest_order_at = forms.DateField(
        label="Earliest order date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Older orders stay out of the warehouse.",
        error_messages={"invalid": "Enter a date like 2026-11-21."},
    )

    class Meta:
        model = Cart
        fields: tuple[str, ...] = (
            "name",
            "product_code",
            "earliest_order_at",
            "orders_on",
            "orders_every",
            "shipments_on",
            "shipments_every",
            "inventory_on",
            "inventory_every",
            "brake",
        )
        help_texts = {"product_code": "How the warehouse identifies a product."}

    def __init__(self, *args: Any, zone: tzinfo, locked: bool = False, **kwargs: Any) -> None:
        """``zone`` is where the earliest date's day begins; ``locked``: who looks may change nothing."""
        super().__init__(*args, **kwargs)
        self._zone = zone
        earliest = self.instance.earliest_order_at
        self.initial["earliest_order_at"] = earliest.astimezone(zone).date() if earliest else None
        for name in SCHEDULES:
            service = name.removesuffix("_every")
            self.fields[name] = _minutes(name)
            self.fields[name].label = f"{str(self.fields[f'{service}_on'].label).capitalize()} every … minutes"
        self.fields["brake"].required = False  # left out, it stays
        for field in self.fields.values():
            field.disabled = locked

    def clean_brake(self) -> str:
        return self.cleaned_data["brake"] or self.instance.brake

    def clean_earliest_order_at(self) -> datetime | None:
        day: date | None = self.cleaned_data["earliest_order_at"]
        if day is None:
            return None
        tomorrow = clock.now().astimezone(self._zone).date() + timedelta(days=1)
        if not FIRST_DAY <= day <= tomorrow:
            raise forms.ValidationError(f"Enter a date from {FIRST_DAY} to tomorrow, {tomorrow}.")
        return datetime.combine(day, time.min, tzinfo=self._zone)


class TokenForm(forms.Form):
    """A refresh token made at the marketplace. It is never shown again."""

    seller_id = forms.RegexField(
        SELLER_ID,
        max_length=64,
        label="Seller ID",
        help_text="In Seller Central: Settings, Account Info, Merchant Token.",
        error_messages={"invalid": "A seller ID is made up of capital letters and digits, like A2EXAMPLE1234."},
    )
    refresh_token = forms.CharField(
        label="Refresh token",
        max_length=2048,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Stored encrypted and never shown again.",
    )
