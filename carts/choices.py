"""What a new cart is chosen from: the marketplaces by region, and the merchant's authorizations there."""

from collections.abc import Iterator
from dataclasses import dataclass

from carts.marketplaces import APPLICATIONS
from carts.marketplaces.values import Place
from carts.models import Cart, Grant
from core.accounts.models import Merchant

WITHOUT = "Without a marketplace"
REGIONS = {"NA": "Americas", "EU": "Europe, Middle East, Africa and India", "FE": "Far East and Australia"}
COUNTRIES = {
    "AE": "United Arab Emirates",
    "AU": "Australia",
    "BE": "Belgium",
    "BR": "Brazil",
    "CA": "Canada",
    "DE": "Germany",
    "EG": "Egypt",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "MX": "Mexico",
    "NL": "Netherlands",
    "PL": "Poland",
    "SA": "Saudi Arabia",
    "SE": "Sweden",
    "SG": "Singapore",
    "TR": "Türkiye",
    "US": "United States",
    "ZA": "South Africa",
}


def region_name(region: str) -> str:
    return REGIONS.get(region, region)


@dataclass(frozen=True, slots=True)
class MarketplaceChoice:
    """A marketplace as people choose it."""

    id: str
    name: str
    country: str
    country_name: str


def kind_of(place_id: str) -> str:
    return next(kind for kind, application in APPLICATIONS.items() if place_id in application.places)


def place_of(place_id: str) -> Place | None:
    """Return the marketplace of this id, of whatever kind."""
    return next((each.places[place_id] for each in APPLICATIONS.values() if place_id in each.places), None)


def places() -> list[tuple[str, list[MarketplaceChoice]]]:
    """Every marketplace of every kind by its country, grouped by what one authorization covers."""
    groups: dict[str, list[MarketplaceChoice]] = {}
    for application in APPLICATIONS.values():
        if application.takes_calls:
            continue  # offered once its keys can be made
        for place in application.places.values():
            named = application.explained or COUNTRIES.get(place.country, place.country)
            choice = MarketplaceChoice(place.id, place.name, place.country, named)
            group = f"{application.label} · {region_name(place.region)}" if place.region else WITHOUT
            groups.setdefault(group, []).append(choice)
    return [(region, sorted(found, key=lambda choice: choice.country_name)) for region, found in groups.items()]


@dataclass(frozen=True, slots=True)
class SellerAccount:
    """A seller account of a merchant that has authorized us, and the cart that already connects it to the place."""

    grant: Grant
    taken_by: Cart | None

    @property
    def value(self) -> str:
        return str(self.grant.pk)

    def __str__(self) -> str:
        grant = self.grant
        return (
            f"Use {grant.merchant}'s existing authorization for {region_name(grant.region)} (seller {grant.seller_id})"
        )


def accounts(merchant: Merchant, place: Place) -> list[SellerAccount]:
    """Return the merchant's accounts that have authorized us for the place's region."""
    carts = Cart.objects.filter(grant__merchant=merchant, place_id=place.id).exclude(state=Cart.State.ARCHIVED)
    taken = {cart.grant_id: cart for cart in carts}
    return [SellerAccount(grant, taken.get(grant.pk)) for grant in _grants(merchant, place)]


def _grants(merchant: Merchant, place: Place) -> Iterator[Grant]:
    connected = Grant.objects.filter(merchant=merchant, kind=kind_of(place.id), region=place.region)
    yield from connected.filter(state=Grant.State.CONNECTED).select_related("merchant").order_by("seller_id")
