"""The pages of the carts."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.marketplaces.amazon.places import PLACES
from carts.models import Cart, Grant
from integration_manager.accounts.models import Merchant, Organization
from integration_manager.activity.models import Event
from tests.carts.conftest import SETTINGS, page
from tests.factories import CartFactory, GrantFactory, MerchantFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
DE = "A1PA6795UKMFR9"


# -- A new cart --------------------------------------------------------------------------------------------------------
def test_every_marketplace_can_be_chosen_by_region(owner: Client) -> None:
    shown = owner.get(reverse("carts:new")).content.decode()

    assert shown.count("<optgroup") == 3
    assert all(f'value="{place}"' in shown for place in PLACES)


def test_a_new_cart_is_still_to_be_set_up(owner: Client, merchant: Merchant) -> None:
    answer = owner.post(reverse("carts:new"), {"merchant": merchant.pk, "place": DE, "name": ""}, follow=True)

    assert "Created Amazon.de for Blue Mug Co." in answer.content.decode()
    cart = Cart.objects.get()
    assert (cart.name, cart.state, cart.grant, cart.merchant) == ("Amazon.de", Cart.State.SETUP, None, merchant)
    assert Event.objects.get().kind == "cart.made"


def test_a_new_merchant_is_made_with_the_cart_and_met_again(owner: Client, acme: Organization) -> None:
    for name in ("Green Lamp Ltd", "green lamp ltd"):
        owner.post(reverse("carts:new"), {"merchant": "", "new_merchant": name, "place": DE})

    assert [merchant.name for merchant in Merchant.objects.filter(organization=acme)] == ["Green Lamp Ltd"]
    assert Cart.objects.count() == 2


def test_a_new_cart_needs_a_merchant_and_a_marketplace(owner: Client, merchant: Merchant) -> None:
    nobody = owner.post(reverse("carts:new"), {"place": DE})
    both = owner.post(reverse("carts:new"), {"place": DE, "merchant": merchant.pk, "new_merchant": "Green Lamp"})
    nowhere = owner.post(reverse("carts:new"), {"place": "MARS", "merchant": merchant.pk})

    assert [answer.status_code for answer in (nobody, both, nowhere)] == [422, 422, 422]
    assert nobody.context["form"].errors == {
        "new_merchant": ["Choose a merchant above, or write the new merchant's name here."]
    }
    assert "choose “A new merchant, named below” above" in both.content.decode()
    assert not Cart.objects.exists()


def test_the_only_merchant_is_chosen_already(owner: Client, merchant: Merchant) -> None:
    chosen = f'<option value="{merchant.pk}" selected>'

    assert chosen in owner.get(reverse("carts:new")).content.decode()

    MerchantFactory(organization=merchant.organization, name="Green Lamp Ltd")
    among_two = owner.get(reverse("carts:new")).content.decode()
    assert chosen not in among_two
    assert '<option value="" selected>Choose a merchant or name a new one</option>' in among_two


def test_a_merchant_of_others_cannot_be_chosen(owner: Client) -> None:
    other = MerchantFactory(organization=OrganizationFactory())

    assert owner.post(reverse("carts:new"), {"merchant": other.pk, "place": DE}).status_code == 422


def test_an_authorization_that_covers_the_marketplace_is_used(owner: Client, merchant: Merchant) -> None:
    grant = GrantFactory(merchant=merchant, region="EU")

    answer = owner.post(reverse("carts:new"), {"merchant": merchant.pk, "place": DE, "share_grant": "on"}, follow=True)

    assert Cart.objects.get().grant == grant
    shown = answer.content.decode()
    assert "Created Amazon.de for Blue Mug Co. It uses Blue Mug Co&#x27;s authorization for Europe" in shown


@pytest.mark.parametrize("case", ["other region", "ended", "taken", "two of them", "not wanted"])
def test_an_authorization_that_does_not_fit_is_left_alone(owner: Client, merchant: Merchant, case: str) -> None:
    state = Grant.State.ENDED if case == "ended" else Grant.State.CONNECTED
    grant = GrantFactory(merchant=merchant, region="NA" if case == "other region" else "EU", state=state)
    if case == "taken":
        CartFactory(merchant=merchant, place_id=DE, grant=grant)
    if case == "two of them":
        GrantFactory(merchant=merchant, region="EU")

    wanted = {} if case == "not wanted" else {"share_grant": "on"}
    owner.post(reverse("carts:new"), {"merchant": merchant.pk, "place": DE, "name": "New", **wanted})

    assert Cart.objects.get(name="New").grant is None


# -- Settings ----------------------------------------------------------------------------------------------------------
def test_settings_are_kept_and_written_down(owner: Client, cart: Cart) -> None:
    changed = {**SETTINGS, "name": "Mugs US", "orders_every": 30, "earliest_order_at": "2026-11-01"}

    owner.post(reverse("carts:settings", args=[cart.pk]), changed)

    cart.refresh_from_db()
    assert (cart.name, cart.orders_every) == ("Mugs US", 30)
    assert cart.earliest_order_at == datetime(2026, 11, 1, tzinfo=UTC)
    event = Event.objects.get(kind="cart.changed")
    assert event.details["fields"] == "order source name, earliest order date, download orders every … minutes"
    assert "2026-11-01" in page(owner, cart)


@pytest.mark.parametrize("wrong", ["0001-01-01", "1994-12-31", "2026-11-22", "9999-12-31"])
def test_the_earliest_date_is_one_a_marketplace_can_have(
    owner: Client, cart: Cart, still: time_machine.Traveller, wrong: str
) -> None:
    changed = {**SETTINGS, "name": "Mugs US", "earliest_order_at": wrong}

    answer = owner.post(reverse("carts:settings", args=[cart.pk]), changed)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a date from 1995-01-01 to tomorrow, 2026-11-21." in shown
    assert f'value="{wrong}"' in shown
    assert 'value="Mugs US"' in shown
    assert Cart.objects.get().earliest_order_at is None


@pytest.mark.parametrize("right", ["1995-01-01", "2026-11-21"])
def test_the_first_and_the_last_earliest_date_are_kept(
    owner: Client, cart: Cart, still: time_machine.Traveller, right: str
) -> None:
    owner.post(reverse("carts:settings", args=[cart.pk]), {**SETTINGS, "earliest_order_at": right})

    assert Cart.objects.get().earliest_order_at == datetime.fromisoformat(right).replace(tzinfo=UTC)
    assert right in page(owner, cart)


def test_nothing_is_written_down_when_nothing_changed(owner: Client, cart: Cart) -> None:
    owner.post(reverse("carts:settings", args=[cart.pk]), SETTINGS)

    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("field", "least", "most"), [("orders_every", 5, 60), ("shipments_every", 1, 1440), ("inventory_every", 15, 1440)]
)
def test_schedules_have_limits(owner: Client, cart: Cart, field: str, least: int, most: int) -> None:
    for wrong in (least - 1, most + 1, "", "x", "1.5", "²"):
        answer = owner.post(reverse("carts:settings", args=[cart.pk]), {**SETTINGS, field: wrong})
        assert answer.status_code == 422
        assert f"Write a whole number of minutes, {least} to {most}." in answer.content.decode()
    for right in (least, most):
        owner.post(reverse("carts:settings", args=[cart.pk]), {**SETTINGS, field: right})
        cart.refresh_from_db()
        assert getattr(cart, field) == right


def test_a_service_switched_off_stays_off(owner: Client, cart: Cart) -> None:
    off = {key: value for key, value in SETTINGS.items() if key != "inventory_on"}

    owner.post(reverse("carts:settings", args=[cart.pk]), off)

    cart.refresh_from_db()
    assert not cart.inventory_on
