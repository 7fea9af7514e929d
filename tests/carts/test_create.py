"""The pages of the carts."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts import create
from carts.choices import COUNTRIES
from carts.marketplaces.amazon.places import PLACES
from carts.models import Cart, Grant
from core.accounts.models import Merchant, Organization
from core.activity.models import Event
from core.common import clock
from tests.carts.conftest import page, settings_of
from tests.factories import TOO_LONG, CartFactory, GrantFactory, MerchantFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
DE = "A1PA6795UKMFR9"


# -- A new cart --------------------------------------------------------------------------------------------------------
def test_every_marketplace_can_be_chosen_by_region_and_shows_its_country(owner: Client) -> None:
    shown = owner.get(reverse("carts:new")).content.decode()

    assert shown.count("data-group") == 4  # three regions, and what is no marketplace
    assert len(PLACES) == 23
    assert all(f'value="{place}"' in shown for place in PLACES)
    assert 'data-words="Germany Amazon.de DE"' in shown
    assert {place.country for place in PLACES.values()} == set(COUNTRIES)


def test_a_new_cart_is_still_to_be_set_up(owner: Client, merchant: Merchant) -> None:
    answer = owner.post(reverse("carts:new"), {"merchant": merchant.pk, "place": DE, "name": ""}, follow=True)

    assert "Created the cart Blue Mug Co · Amazon.de." in answer.content.decode()
    cart = Cart.objects.get()
    assert (cart.name, cart.state, cart.grant, cart.merchant) == ("Amazon.de", Cart.State.SETUP, None, merchant)
    assert Event.objects.get().kind == "cart.made"


def test_a_new_merchant_is_made_with_the_cart_and_met_again(
    owner: Client, acme: Organization, still: time_machine.Traveller
) -> None:
    for name in ("Green Lamp Ltd", "green lamp ltd"):
        owner.post(reverse("carts:new"), {"new_merchant": name, "email": "lamp@green.example", "place": DE})
        still.shift(timedelta(minutes=1))

    merchant = Merchant.objects.get(organization=acme)
    assert (merchant.name, merchant.email) == ("Green Lamp Ltd", "lamp@green.example")
    assert Cart.objects.filter(merchant=merchant).count() == 2
    assert [event.kind for event in Event.objects.filter(subject_kind="merchant")] == ["merchant.made"]


def test_an_address_that_comes_with_a_new_cart_is_kept_where_none_is_known(
    owner: Client, acme: Organization, still: time_machine.Traveller
) -> None:
    MerchantFactory(organization=acme, name="Green Lamp Ltd", email="")
    for email in ("lamp@green.example", "other@green.example"):
        owner.post(reverse("carts:new"), {"new_merchant": "green lamp ltd", "email": email, "place": DE})
        still.shift(timedelta(minutes=1))

    assert Merchant.objects.get(organization=acme).email == "lamp@green.example"
    changed = Event.objects.get(subject_kind="merchant")
    assert (changed.kind, changed.details) == ("merchant.changed", {"fields": "contact email"})


def test_an_address_beside_a_chosen_merchant_is_kept_or_refused_and_never_dropped(
    owner: Client, merchant: Merchant, still: time_machine.Traveller
) -> None:
    Merchant.objects.filter(pk=merchant.pk).update(email="")
    wanted = {"merchant": merchant.pk, "place": DE}

    kept = owner.post(reverse("carts:new"), {**wanted, "email": "lamp@green.example"})
    still.shift(timedelta(minutes=1))
    same = owner.post(reverse("carts:new"), {**wanted, "email": "Lamp@green.example"})
    still.shift(timedelta(minutes=1))
    another = owner.post(reverse("carts:new"), {**wanted, "email": "other@green.example"})

    assert [answer.status_code for answer in (kept, same, another)] == [302, 302, 422]
    assert "contact email is lamp@green.example" in another.content.decode()
    assert Merchant.objects.get(pk=merchant.pk).email == "lamp@green.example"


@pytest.mark.parametrize("email", ["lamp", TOO_LONG])
def test_an_address_that_is_none_is_refused_with_the_cart(owner: Client, email: str) -> None:
    answer = owner.post(reverse("carts:new"), {"new_merchant": "Green Lamp Ltd", "email": email, "place": DE})

    assert answer.status_code == 422
    assert not Merchant.objects.exists()


def test_a_button_pressed_twice_makes_one_cart(
    owner: Client, merchant: Merchant, still: time_machine.Traveller
) -> None:
    wanted = {"merchant": merchant.pk, "place": DE}

    answers = [owner.post(reverse("carts:new"), wanted) for _ in range(2)]

    assert answers[0]["location"] == answers[1]["location"]
    assert Cart.objects.count() == Event.objects.filter(kind="cart.made").count() == 1


def test_a_new_cart_needs_a_merchant_and_a_marketplace(owner: Client, merchant: Merchant) -> None:
    nobody = owner.post(reverse("carts:new"), {"place": DE})
    both = owner.post(reverse("carts:new"), {"place": DE, "merchant": merchant.pk, "new_merchant": "Green Lamp"})
    nowhere = owner.post(reverse("carts:new"), {"place": "MARS", "merchant": merchant.pk})

    assert [answer.status_code for answer in (nobody, both, nowhere)] == [422, 422, 422]
    assert nobody.context["form"].errors == {
        "new_merchant": ["Choose a merchant above, or enter the new merchant's name here."]
    }
    assert "choose “A new merchant, entered below” above" in both.content.decode()
    assert not Cart.objects.exists()


def test_the_only_merchant_is_chosen_already(owner: Client, merchant: Merchant) -> None:
    chosen = f'<option value="{merchant.pk}" selected>'

    assert chosen in owner.get(reverse("carts:new")).content.decode()

    MerchantFactory(organization=merchant.organization, name="Green Lamp Ltd")
    among_two = owner.get(reverse("carts:new")).content.decode()
    assert chosen not in among_two
    assert '<option value="" selected>Choose a merchant or enter a new one</option>' in among_two


def test_a_merchant_of_others_cannot_be_chosen(owner: Client) -> None:
    other = MerchantFactory(organization=OrganizationFactory())

    assert owner.post(reverse("carts:new"), {"merchant": other.pk, "place": DE}).status_code == 422


def test_an_authorization_that_covers_the_marketplace_is_asked_about_and_used(
    owner: Client, merchant: Merchant
) -> None:
    grant = GrantFactory(merchant=merchant, region="EU")
    wanted = {"merchant": merchant.pk, "place": DE, "name": "Mugs"}

    asked = owner.post(reverse("carts:new"), wanted).content.decode()

    assert not Cart.objects.exists()
    assert "which seller account is it?" in asked
    assert f'value="{grant.pk}" checked' in asked
    assert f'value="{DE}" checked' in asked
    assert 'value="Mugs"' in asked

    answer = owner.post(reverse("carts:new"), {**wanted, "account": grant.pk}, follow=True)

    assert Cart.objects.get().grant == grant
    shown = answer.content.decode()
    assert "Created the cart Blue Mug Co · Mugs. It uses Blue Mug Co&#x27;s authorization for Europe" in shown


def test_a_known_merchants_name_in_other_letters_is_that_merchant(owner: Client, acme: Organization) -> None:
    """Databases do not fold all letters as we do: a new merchant would get the account of the known one."""
    known = MerchantFactory(organization=acme, name="Straßenlampen Ärmel")
    grant = GrantFactory(merchant=known, region="EU")

    owner.post(reverse("carts:new"), {"new_merchant": "STRASSENLAMPEN äRMEL", "place": DE, "account": grant.pk})

    assert Cart.objects.get().merchant == known
    assert Merchant.objects.count() == 1


def test_no_cart_is_made_with_an_account_of_another_merchant(merchant: Merchant, acme: Organization) -> None:
    grant = GrantFactory(merchant=MerchantFactory(organization=acme), region="EU")

    with pytest.raises(create.GrantTaken, match="another merchant"):
        create.make_cart(merchant, kind="amazon", place_id=DE, name="", grant=grant, by=None, now=clock.now())


def test_each_seller_account_of_a_merchant_can_be_chosen_or_another_one(owner: Client, merchant: Merchant) -> None:
    grants = [GrantFactory(merchant=merchant, region="EU") for _ in range(2)]
    chosen = {"merchant": str(merchant.pk), "place": DE}
    part = owner.get(reverse("carts:accounts"), chosen).content.decode()
    assert all(grant.seller_id in part for grant in grants)

    for choice in (grants[1].pk, "another"):
        owner.post(
            reverse("carts:new"), {"merchant": merchant.pk, "place": DE, "name": f"Mugs {choice}", "account": choice}
        )

    assert Cart.objects.get(name=f"Mugs {grants[1].pk}").grant == grants[1]
    assert Cart.objects.get(name="Mugs another").grant is None


def test_an_account_that_has_a_cart_there_cannot_be_chosen_again(owner: Client, merchant: Merchant) -> None:
    grant = GrantFactory(merchant=merchant, region="EU")
    CartFactory(merchant=merchant, place_id=DE, grant=grant, name="Mugs DE")
    wanted = {"merchant": merchant.pk, "place": DE}

    asked = owner.post(reverse("carts:new"), wanted).content.decode()
    answer = owner.post(reverse("carts:new"), {**wanted, "account": grant.pk})

    assert f'value="{grant.pk}" disabled' in asked
    assert "Already has a cart there: Mugs DE" in asked
    assert 'value="another" checked' in asked
    assert answer.status_code == 422
    assert "already has a cart there: Mugs DE." in answer.content.decode()
    assert Cart.objects.count() == 1


def test_an_account_that_was_taken_meanwhile_is_said_to_be(owner: Client, merchant: Merchant) -> None:
    grant = GrantFactory(merchant=merchant, region="EU")
    CartFactory(merchant=merchant, place_id=DE, grant=grant, name="Mugs DE")

    with pytest.raises(create.GrantTaken, match="by Mugs DE"):
        create.make_cart(merchant, kind="amazon", place_id=DE, name="Twice", grant=grant, by=None, now=clock.now())

    Grant.objects.update(state=Grant.State.ENDED)
    with pytest.raises(create.GrantTaken, match="has just ended"):
        create.make_cart(merchant, kind="amazon", place_id=DE, name="Twice", grant=grant, by=None, now=clock.now())


@pytest.mark.parametrize("case", ["other region", "ended", "of another merchant"])
def test_an_authorization_that_does_not_fit_is_not_asked_about(owner: Client, merchant: Merchant, case: str) -> None:
    state = Grant.State.ENDED if case == "ended" else Grant.State.CONNECTED
    of = MerchantFactory(organization=merchant.organization) if case == "of another merchant" else merchant
    grant = GrantFactory(merchant=of, region="NA" if case == "other region" else "EU", state=state)
    wanted = {"merchant": merchant.pk, "place": DE, "name": "New"}

    refused = owner.post(reverse("carts:new"), {**wanted, "account": grant.pk})
    owner.post(reverse("carts:new"), wanted)

    assert refused.status_code == 422
    assert Cart.objects.get(name="New").grant is None


# -- Settings ----------------------------------------------------------------------------------------------------------
def test_settings_are_kept_and_written_down(owner: Client, cart: Cart) -> None:
    changed = settings_of(cart, name="Mugs US", orders_every=30, earliest_order_at="2026-11-01")

    owner.post(reverse("carts:settings", args=[cart.pk]), changed)

    cart.refresh_from_db()
    assert (cart.name, cart.orders_every) == ("Mugs US", 30)
    assert cart.earliest_order_at == datetime(2026, 11, 1, tzinfo=UTC)
    event = Event.objects.get(kind="cart.changed")
    assert event.details["fields"] == "order source name, earliest order date, download orders every … minutes"
    assert "2026-11-01" in page(owner, cart, "settings")


@pytest.mark.parametrize("wrong", ["0001-01-01", "1994-12-31", "2026-11-22", "9999-12-31"])
def test_the_earliest_date_is_one_a_marketplace_can_have(
    owner: Client, cart: Cart, still: time_machine.Traveller, wrong: str
) -> None:
    changed = settings_of(cart, name="Mugs US", earliest_order_at=wrong)

    answer = owner.post(reverse("carts:settings", args=[cart.pk]), changed)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a date from 1995-01-01 to tomorrow, 2026-11-21." in shown
    assert f'value="{wrong}"' in shown
    assert 'value="Mugs US"' in shown
    assert Cart.objects.get().earliest_order_at is None


@pytest.mark.parametrize("right", ["1995-01-01", "2026-11-21"])
def test_the_first_and_the_last_earliest_date_are_kept(
    owner: Client, cart: Cart, still: time_machine.Traveller, right: str
) -> None:
    owner.post(reverse("carts:settings", args=[cart.pk]), settings_of(cart, earliest_order_at=right))

    assert Cart.objects.get().earliest_order_at == datetime.fromisoformat(right).replace(tzinfo=UTC)
    assert right in page(owner, cart, "settings")


def test_nothing_is_written_down_when_nothing_changed(owner: Client, cart: Cart) -> None:
    owner.post(reverse("carts:settings", args=[cart.pk]), settings_of(cart))

    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("field", "least", "most"), [("orders_every", 5, 60), ("shipments_every", 1, 1440), ("inventory_every", 15, 1440)]
)
def test_schedules_have_limits(owner: Client, cart: Cart, field: str, least: int, most: int) -> None:
    for wrong in (least - 1, most + 1, "", "x", "1.5", "²"):
        answer = owner.post(reverse("carts:settings", args=[cart.pk]), settings_of(cart, **{field: wrong}))
        assert answer.status_code == 422
        assert f"Enter a whole number of minutes from {least} to {most}." in answer.content.decode()
    for right in (least, most):
        owner.post(reverse("carts:settings", args=[cart.pk]), settings_of(cart, **{field: right}))
        cart.refresh_from_db()
        assert getattr(cart, field) == right


def test_a_service_switched_off_stays_off(owner: Client, cart: Cart) -> None:
    off = {key: value for key, value in settings_of(cart).items() if key != "inventory_on"}

    owner.post(reverse("carts:settings", args=[cart.pk]), off)

    cart.refresh_from_db()
    assert not cart.inventory_on
