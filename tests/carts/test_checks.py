"""What the daily look finds, what it says, and what it leaves alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from carts import checks, lifecycle, tasks
from carts.alerts import CHECKS_FAILED
from carts.models import Bucket, Cart, Grant
from core.activity.models import Event
from core.alerts.models import Alert
from core.common import clock
from tests import factories
from tests.world import SELLER, US, World

CANADA = "A2EUQ1WTGCTBG2"


def look(world: World) -> Cart:
    """What the worker does for this cart."""
    tasks.check(cart_id=world.cart.pk)
    world.cart.refresh_from_db()
    return world.cart


def alerts(cause: str = CHECKS_FAILED) -> list[Alert]:
    return list(Alert.objects.filter(cause=cause, closed_at=None))


def outcome(cart: Cart, name: str) -> str:
    return next(str(each["outcome"]) for each in cart.checks if each["name"] == name)


def test_a_cart_where_all_is_well_is_looked_at_once_a_day_and_says_nothing(world: World) -> None:
    assert checks.claim_due(world.now) == [world.cart.pk]
    cart = look(world)

    assert cart.passed
    assert (cart.checked_at, cart.checks_due_at) == (world.now, world.now + checks.EVERY)
    assert alerts() == []
    world.later(hours=23)
    assert checks.claim_due(world.now) == []
    world.later(hours=1)
    assert checks.claim_due(world.now) == [world.cart.pk]


def test_what_is_missing_is_one_alert_that_says_what_to_do_and_closes_by_itself(world: World) -> None:
    world.simulator.suspend(SELLER, US)
    look(world)
    world.later(days=1)
    look(world)

    (alert,) = alerts()
    assert alert.message.startswith(f"{world.merchant}, {world.cart}: ")
    assert "inactive" in alert.message
    assert "set the listing status to active" in alert.message
    assert alert.path == f"{world.cart.get_absolute_url()}#test"
    assert alert.merchant_id == world.merchant.pk

    world.simulator.suspend(SELLER, US, suspended=False)
    world.later(days=1)
    look(world)
    assert alerts() == []
    said = Event.objects.filter(kind__startswith="cart.checks").order_by("pk").values_list("kind", flat=True)
    assert list(said) == ["cart.checks_failed", "cart.checks_passed"]


def test_pressing_test_opens_and_closes_the_same_alert(world: World) -> None:
    browser = Client()
    browser.force_login(world.person)
    world.simulator.suspend(SELLER, US)
    browser.post(reverse("carts:test", args=[world.cart.pk]))
    assert len(alerts()) == 1

    world.simulator.suspend(SELLER, US, suspended=False)
    browser.post(reverse("carts:test", args=[world.cart.pk]))
    assert alerts() == []


def test_a_cart_that_is_still_being_set_up_alarms_nobody(world: World) -> None:
    Cart.objects.update(state=Cart.State.SETUP)
    world.cart.refresh_from_db()
    world.simulator.suspend(SELLER, US)

    checks.check(world.cart, by=world.person, now=world.now)

    assert not world.cart.passed
    assert alerts() == []


@pytest.mark.parametrize("fault", ["503", "500", "429", "timeout", "html_200"])
@pytest.mark.parametrize("operation", ["getMarketplaceParticipations", "searchOrders", "searchListingsItems", "token"])
def test_an_amazon_that_is_away_opens_no_alert_and_takes_nothing_back(world: World, operation: str, fault: str) -> None:
    look(world)
    world.later(days=1)
    world.simulator.fail(operation, fault)

    cart = look(world)

    assert alerts() == []
    assert cart.passed, "what was found yesterday still counts"
    assert cart.checks_due_at == world.now + checks.AGAIN


def test_an_amazon_that_is_away_closes_no_alert_either(world: World) -> None:
    world.simulator.suspend(SELLER, US)
    look(world)
    world.later(days=1)
    world.simulator.fail("getMarketplaceParticipations", "503")

    look(world)

    assert len(alerts()) == 1


def test_somebody_who_presses_test_while_amazon_is_away_is_told_so(world: World) -> None:
    look(world)
    world.simulator.fail("searchOrders", "503")
    browser = Client()
    browser.force_login(world.person)

    page = browser.post(reverse("carts:test", args=[world.cart.pk]), follow=True).content.decode()

    world.cart.refresh_from_db()
    assert "Could not be checked now" in outcome(world.cart, "Orders")
    assert not world.cart.passed
    assert "Not checked" in page
    assert "Not everything could be checked" in page
    assert "cart needs is missing" not in page
    assert alerts() == []


def test_a_role_that_is_missing_is_an_alert_and_ends_no_grant(world: World) -> None:
    world.simulator.fail("searchListingsItems", "403", times=2)

    cart = look(world)

    assert "Product Listing" in alerts()[0].message
    assert Grant.objects.get().state == Grant.State.CONNECTED
    assert outcome(cart, "Orders") == "Orders can be read."


def test_an_authorization_that_ended_has_one_alert_and_not_two(world: World) -> None:
    world.simulator.suspend(SELLER, US)
    look(world)
    world.simulator.revoke(SELLER)
    world.later(days=1)

    look(world)
    checks.claim_due(world.now)

    assert Grant.objects.get().state == Grant.State.ENDED
    assert len(alerts("grant.ended")) == 1
    assert alerts() == []


def test_a_cart_that_was_paused_keeps_no_alert(world: World) -> None:
    world.simulator.suspend(SELLER, US)
    cart = look(world)
    lifecycle.pause(cart, by=world.person, now=world.now)

    checks.claim_due(world.now)

    assert alerts() == []


def test_a_cart_disconnected_during_the_look_has_to_be_tested_anew(world: World) -> None:
    cart = Cart.objects.select_related("grant", "merchant").get()
    lifecycle.disconnect(world.cart, by=world.person, now=world.now)

    checks.check(cart, by=None, now=world.now)

    cart.refresh_from_db()
    assert (cart.checks, cart.checked_at) == ([], None)


def test_looking_changes_nothing_at_amazon(world: World) -> None:
    before = world.simulator.stock(SELLER, "MUG-BLUE-11", US)

    look(world)

    assert "patchListingsItem" in {call["operation"] for call in world.simulator.journal("call")}
    assert world.simulator.journal("stock") == []
    assert world.simulator.stock(SELLER, "MUG-BLUE-11", US) == before


# -- The quota -------------------------------------------------------------------------------------------------------
def test_a_day_of_looking_costs_a_cart_one_search(world: World) -> None:
    for _ in range(24 * 6):
        for cart_id in checks.claim_due(world.now):
            tasks.check(cart_id=cart_id)
        world.later(minutes=10)

    calls = [call["operation"] for call in world.simulator.journal("call")]
    assert calls.count("searchOrders") == 1


def test_the_order_download_comes_first(world: World) -> None:
    look(world)
    Bucket.objects.filter(operation="searchOrders").update(tokens=5, filled_at=world.now + timedelta(days=1))
    world.later(days=1)
    calls = len(world.simulator.journal("call"))

    cart = look(world)

    made = [call["operation"] for call in world.simulator.journal("call")[calls:]]
    assert "searchOrders" not in made
    assert "searchListingsItems" in made
    assert outcome(cart, "Orders") == "Orders can be read."


def test_the_carts_of_one_seller_are_looked_at_one_after_the_other(world: World) -> None:
    second = factories.CartFactory(
        merchant=world.merchant, place_id=CANADA, grant=world.cart.grant, state=Cart.State.LIVE
    )

    assert checks.claim_due(world.now) == [world.cart.pk]
    look(world)
    world.later(minutes=9)
    assert checks.claim_due(world.now) == []
    world.later(minutes=1)
    assert checks.claim_due(world.now) == [second.pk]


def test_a_look_whose_worker_died_is_begun_again(world: World) -> None:
    assert checks.claim_due(world.now) == [world.cart.pk]
    assert checks.claim_due(world.now) == []
    world.later(seconds=checks.RING_AGAIN.total_seconds())
    assert checks.claim_due(world.now) == [world.cart.pk]


def test_organizations_take_turns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SWEEP", 2)
    for _ in range(3):
        grant = factories.GrantFactory(merchant=world.merchant, seller_id=f"A{Grant.objects.count()}OTHER")
        factories.CartFactory(merchant=world.merchant, grant=grant, state=Cart.State.LIVE)
    elsewhere = factories.CartFactory(state=Cart.State.LIVE, checks_due_at=clock.now())

    assert elsewhere.pk in checks.claim_due(world.now)


@pytest.mark.parametrize("state", [each for each in Cart.State if each != Cart.State.LIVE])
def test_only_carts_that_work_are_looked_at(world: World, state: Cart.State) -> None:
    Cart.objects.update(state=state)

    assert checks.claim_due(world.now) == []


def test_an_authorization_that_cannot_be_opened_is_told_where_somebody_tests(world: World, client: Client) -> None:
    """The key that sealed it is gone from VAULT_KEYS, which is nobody's fault who presses Test."""
    Grant.objects.update(refresh_token=b"sealed by a key that is gone", access_token=None)
    client.force_login(world.person)

    client.post(reverse("carts:test", args=[world.cart.pk]))

    world.cart.refresh_from_db()
    assert "can't be decrypted" in outcome(world.cart, "Authorization")
    assert alerts() == []
    world.renew()
    assert look(world).passed
