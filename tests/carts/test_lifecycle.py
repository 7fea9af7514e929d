"""A cart's life: live, paused, disconnected and connected again, archived for good."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from carts import checks, connections, lifecycle
from carts.consent import grants
from carts.marketplaces.values import Tokens
from carts.models import Cart, Grant
from core.activity.models import Event
from core.alerts.models import Alert
from core.common.remote import Disconnected
from orders.models import OrderStatus
from tests.factories import CartFactory
from tests.world import SELLER, World

pytestmark = pytest.mark.django_db
State = Cart.State
DE = "A1PA6795UKMFR9"


def grant_of(world: World) -> Grant:
    return Grant.objects.get(carts=world.cart)


def disconnect(world: World, cart: Cart | None = None) -> bool:
    return lifecycle.disconnect(cart or world.cart, by=world.person, now=world.now)


def archive(world: World) -> bool:
    return lifecycle.archive(world.cart, by=world.person, now=world.now)


def ask(grant: Grant, since: datetime, until: datetime, place_id: str) -> None:
    with connections.marketplace(grant) as marketplace:
        marketplace.order_page(since=since, until=until, place_ids=[place_id], token="")


def kinds() -> list[str]:
    return list(Event.objects.exclude(kind="cart.granted").order_by("pk").values_list("kind", flat=True))


# -- Disconnecting -----------------------------------------------------------------------------------------------------
def test_a_disconnected_cart_gives_the_authorization_back_and_keeps_no_token(world: World) -> None:
    assert disconnect(world)

    grant = grant_of(world)
    assert (world.cart.state, world.cart.checks) == (State.DISCONNECTED, [])
    assert (grant.state, bytes(grant.refresh_token), grant.access_token) == (Grant.State.ENDED, b"", None)
    assert kinds() == ["cart.disconnected", "grant.given_back"]
    assert not Alert.objects.exists()


def test_an_alert_about_the_authorization_closes_with_it(world: World) -> None:
    grants.end(grant_of(world), now=world.now)
    assert Alert.objects.filter(closed_at=None, cause="grant.ended").count() == 1

    disconnect(world)

    assert not Alert.objects.filter(closed_at=None).exists()
    assert bytes(grant_of(world).refresh_token) == b""


def test_an_authorization_stays_as_long_as_another_cart_uses_it(world: World) -> None:
    other = CartFactory(merchant=world.merchant, place_id=DE, grant=world.cart.grant)

    disconnect(world)
    assert grant_of(world).state == Grant.State.CONNECTED

    disconnect(world, other)
    assert grant_of(world).state == Grant.State.ENDED


@pytest.mark.parametrize("state", [State.DISCONNECTED, State.ARCHIVED])
def test_a_cart_that_is_gone_keeps_no_authorization_alive(world: World, state: Cart.State) -> None:
    CartFactory(merchant=world.merchant, place_id=DE, grant=world.cart.grant, state=state)

    disconnect(world)

    assert grant_of(world).state == Grant.State.ENDED


def test_a_worker_that_comes_too_late_raises_no_alert(world: World) -> None:
    """It had the grant in hand when the cart was disconnected."""
    grant = grant_of(world)
    disconnect(world)

    since, until = world.now - timedelta(days=1), world.now - timedelta(minutes=5)
    with pytest.raises(Disconnected):
        ask(grant, since, until, world.cart.place_id)

    assert not Alert.objects.exists()


def test_what_is_owed_waits_and_flows_after_the_cart_is_connected_again(world: World) -> None:
    shipped, waiting = world.at_warehouse(), world.order_placed()
    world.ship(shipped)
    world.download()
    disconnect(world)

    assert world.deliver().released == 0
    assert world.order(waiting).status == OrderStatus.NEW

    with pytest.raises(lifecycle.NotReady, match="Press Test first"):
        lifecycle.turn_on(world.cart, by=world.person, now=world.now)
    world.later(hours=1)
    world.renew()
    with pytest.raises(lifecycle.NotReady, match="Press Test first"):
        lifecycle.turn_on(world.cart, by=world.person, now=world.now)
    checks.check(world.cart, by=world.person, now=world.now)
    lifecycle.turn_on(world.cart, by=world.person, now=world.now)

    assert world.cart.state == State.LIVE
    assert world.deliver().released == 1
    assert world.confirm().confirmed == 1


def test_another_seller_cannot_take_the_place_of_the_one_that_left(world: World) -> None:
    disconnect(world)

    with pytest.raises(grants.NotGranted):
        grants.bind(
            world.cart,
            seller_id="A1ANOTHERONE1",
            tokens=Tokens(access_token="", expires_in=0, refresh_token="Atzr|other"),
            by=world.person,
            now=world.now,
        )

    assert grant_of(world).seller_id == SELLER


# -- Archiving ---------------------------------------------------------------------------------------------------------
def test_a_live_cart_is_not_archived(world: World) -> None:
    assert not archive(world)

    world.cart.refresh_from_db()
    assert world.cart.state == State.LIVE
    assert kinds() == []


def test_a_paused_cart_is_archived_and_gives_the_authorization_back(world: World) -> None:
    lifecycle.pause(world.cart, by=world.person, now=world.now)

    assert archive(world)

    assert (world.cart.state, grant_of(world).state) == (State.ARCHIVED, Grant.State.ENDED)
    assert kinds() == ["cart.paused", "cart.archived", "grant.given_back"]


def test_a_consent_that_comes_back_while_a_cart_is_archived_leaves_no_key_behind(world: World) -> None:
    cart = CartFactory(merchant=world.merchant, place_id="A1F83G8C2ARO7P", grant=None, state=State.SETUP, live_at=None)
    as_it_was_shown = Cart.objects.select_related("grant").get(pk=cart.pk)
    tokens = Tokens(access_token="", expires_in=0, refresh_token="Atzr|just back")
    grants.bind(cart, seller_id="A2HARBORROPE1", tokens=tokens, by=None, now=world.now)

    assert lifecycle.archive(as_it_was_shown, by=world.person, now=world.now)

    grant = Grant.objects.get(seller_id="A2HARBORROPE1")
    assert (grant.state, bytes(grant.refresh_token)) == (Grant.State.ENDED, b"")


def test_an_archived_cart_never_lives_again(world: World) -> None:
    checks.check(world.cart, by=world.person, now=world.now)
    lifecycle.pause(world.cart, by=world.person, now=world.now)
    before = Cart.objects.select_related("grant").get(pk=world.cart.pk)
    archive(world)

    with pytest.raises(lifecycle.NotReady, match="it is archived now"):
        lifecycle.turn_on(before, by=world.person, now=world.now)

    assert not disconnect(world)
    assert not archive(world)
    assert kinds()[-1] == "grant.given_back"


def test_what_an_archived_cart_brought_is_not_imported_again_by_its_heir(world: World) -> None:
    known, old = world.at_warehouse(), world.cart
    lifecycle.pause(old, by=world.person, now=world.now)
    archive(world)
    heir: Any = CartFactory(merchant=world.merchant, place_id=old.place_id, name="Amazon.com, again", grant=None)
    world.cart = heir
    world.renew()
    fresh = world.order_placed()

    imported = world.download()

    assert (imported.new, imported.unchanged) == (1, 1)
    assert [order.number for order in heir.orders.all()] == [fresh]
    assert old.orders.get().number == known.number


def test_a_cart_that_is_only_paused_does_not_keep_its_orders_from_another(world: World) -> None:
    """Two sellers of one 3PL at one marketplace: neither knows the other's orders."""
    known, old = world.at_warehouse(), world.cart
    Cart.objects.filter(pk=old.pk).update(state=State.PAUSED, place_id="A2EUQ1WTGCTBG2")
    world.cart = CartFactory(merchant=world.merchant, place_id=old.place_id, name="Another", grant=None)
    world.renew()

    world.download()

    assert world.cart.orders.get().number == known.number


# -- At once -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", [lifecycle.pause, lifecycle.disconnect])
def test_a_button_pressed_twice_does_it_once(world: World, verb: Any) -> None:
    same = Cart.objects.select_related("grant").get(pk=world.cart.pk)

    assert verb(world.cart, by=world.person, now=world.now)
    assert not verb(same, by=world.person, now=world.now)

    assert len([kind for kind in kinds() if kind.startswith("cart.")]) == 1


def test_whoever_archives_wins_over_who_pauses_after(world: World) -> None:
    same = Cart.objects.select_related("grant").get(pk=world.cart.pk)
    disconnect(world)
    archive(world)

    assert not lifecycle.pause(same, by=world.person, now=world.now)

    same.refresh_from_db()
    assert same.state == State.ARCHIVED


def test_a_test_made_anew_meanwhile_is_what_ok_is_pressed_on(world: World) -> None:
    """Somebody else's Test found something missing while this page was open."""
    checks.check(world.cart, by=world.person, now=world.now)
    lifecycle.pause(world.cart, by=world.person, now=world.now)
    page = Cart.objects.select_related("grant").get(pk=world.cart.pk)
    world.later(minutes=1)
    Cart.objects.filter(pk=page.pk).update(checks=[{"passed": False, "essential": True}], checked_at=world.now)

    with pytest.raises(lifecycle.NotReady, match="changed by somebody else in the meantime"):
        lifecycle.turn_on(page, by=world.person, now=world.now)
