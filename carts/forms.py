"""What people write about carts. Shape is checked here, meaning where it is done."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from carts.granting import SELLER_ID
from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from integration_manager.accounts.models import Merchant
from integration_manager.lib import clock

REGIONS = {"NA": "Americas", "EU": "Europe, Middle East, Africa and India", "FE": "Far East and Australia"}
FIRST_DAY = date(1995, 1, 1)  # no marketplace is older
SCHEDULES = ("orders_every", "shipments_every", "inventory_every")


def region_name(region: str) -> str:
    return REGIONS.get(region, region)


def kind_of(place_id: str) -> str:
    return next(kind for kind, application in APPLICATIONS.items() if place_id in application.places)


def places() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every marketplace of every kind, grouped by what one authorization covers."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for application in APPLICATIONS.values():
        for place in application.places.values():
            groups.setdefault(f"{application.label} · {region_name(place.region)}", []).append((place.id, place.name))
    return [(region, sorted(found, key=lambda choice: choice[1])) for region, found in groups.items()]


class NewCartForm(forms.Form):
    use_required_attribute = False  # a merchant is chosen or a new one is named: the browser cannot know

    merchant = forms.ModelChoiceField(
        Merchant.objects.none(),
        empty_label="Choose a merchant or name a new one",
        help_text="Whose account it is.",
    )
    new_merchant = forms.CharField(
        label="New merchant's name",
        max_length=120,
        help_text="Only when the merchant is not in the list.",
        error_messages={"required": "Choose a merchant above, or write the new merchant's name here."},
    )
    place = forms.ChoiceField(
        label="Marketplace",
        choices=lambda: [("", "Choose a marketplace"), *places()],
        error_messages={"required": "Choose the marketplace the seller sells on."},
    )
    name = forms.CharField(
        label="Order source name",
        max_length=80,
        required=False,
        help_text="What the warehouse sees as the source. Left empty, it is the marketplace's name, like Amazon.de.",
    )
    share_grant = forms.BooleanField(
        label="Use the merchant's authorization if it covers this marketplace already",
        required=False,
        initial=True,
        help_text="A seller authorizes us once for a whole region.",
    )

    def __init__(self, *args: Any, merchants: Iterable[Merchant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["merchant"]
        choice.queryset = merchants
        known = list(merchants)
        if len(known) == 1:
            self.initial["merchant"] = known[0].pk
            choice.empty_label = "A new merchant, named below"
        self._nobody = choice.empty_label

    def clean(self) -> dict[str, Any]:
        """Of the merchant and the new one's name, either is enough: what is missing is said at the name."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.has_error("merchant", "required"):
            del self.errors["merchant"]
            cleaned["merchant"] = None
        elif self.has_error("new_merchant", "required"):
            del self.errors["new_merchant"]
            cleaned["new_merchant"] = ""
        if cleaned.get("merchant") and cleaned.get("new_merchant"):
            self.add_error("new_merchant", f"Leave this empty, or choose “{self._nobody}” above.")
        return cleaned


def _minutes(field: str) -> forms.IntegerField:
    """A whole number between the limits the model gives."""
    validators = Cart._meta.get_field(field).validators  # type: ignore[union-attr]
    least = next(v.limit_value for v in validators if isinstance(v, MinValueValidator) and v.limit_value > 0)
    most = next(v.limit_value for v in validators if isinstance(v, MaxValueValidator) and v.limit_value <= 1440)
    sentence = f"Write a whole number of minutes, {least} to {most}."
    errors = dict.fromkeys(("invalid", "min_value", "max_value", "required"), sentence)
    return forms.IntegerField(min_value=least, max_value=most, error_messages=errors, help_text=f"{least} to {most}.")


class CartForm(forms.ModelForm):
    earliest_order_at = forms.DateField(
        label="Earliest order date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Older orders stay out of the warehouse.",
        error_messages={"invalid": "Write a date as 2026-11-21."},
    )

    class Meta:
        model = Cart
        fields = (
            "name",
            "product_code",
            "earliest_order_at",
            "orders_on",
            "orders_every",
            "shipments_on",
            "shipments_every",
            "inventory_on",
            "inventory_every",
        )
        help_texts = {"product_code": "What the warehouse knows a product by."}

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
        for field in self.fields.values():
            field.disabled = locked

    def clean_earliest_order_at(self) -> datetime | None:
        day: date | None = self.cleaned_data["earliest_order_at"]
        if day is None:
            return None
        tomorrow = clock.now().astimezone(self._zone).date() + timedelta(days=1)
        if not FIRST_DAY <= day <= tomorrow:
            raise forms.ValidationError(f"Write a date from {FIRST_DAY} to tomorrow, {tomorrow}.")
        return datetime.combine(day, time.min, tzinfo=self._zone)


class TokenForm(forms.Form):
    """A refresh token made at the marketplace. It is never shown again."""

    seller_id = forms.RegexField(
        SELLER_ID,
        label="Seller ID",
        help_text="In Seller Central: Settings, Account Info, Merchant Token.",
        error_messages={"invalid": "A seller ID has capital letters and digits only, like A2EXAMPLE1234."},
    )
    refresh_token = forms.CharField(
        label="Refresh token",
        max_length=2048,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Kept encrypted and never shown again.",
    )
