"""What Amazon calls unshipped, against what is here: every way they can differ, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest

from carts import connections
from carts.models import Bucket, Cart, Grant
from core.activity.models import Event
from core.alerts.models import Alert
from core.common import claims
from core.common.bell import Bell
from core.common.errands import ErrandState
from orders.models import HeldFor, Order, OrderFilter, OrderStatus
from shipping import tasks
from shipping.models import Reconciliation, Release
from shipping.reconcile import reconciliations
from tests.factories import CartFactory
from tests.world import SELLER, US, World


def compare(world: World, *, turns: int = 1) -> Reconciliation:
    world.cart.refresh_from_db()
    made = reconciliations.begin(world.cart, by=world.person, now=world.now)
    assert made
    return go_on(world, made, turns=turns)


def go_on(world: World, run: Reconciliation, *, turns: int = 1) -> Reconciliation:
    assert world.cart.grant
    for _ in range(turns):
        with connections.marketplace(world.cart.grant) as marketplace:
            reconciliations.run(run, marketplace, now=world.now)
        run.refresh_from_db()
    return run


def drift(run: Reconciliation) -> dict[str, Any]:
    return {entry["number"]: (entry["drift"], entry["mended"]) for entry in run.drift}


def settled(world: World) -> None:
    """Some time passes, and the downloads are through."""
    world.later(minutes=45)
    world.download()


def test_when_nothing_differs_nothing_is_said(world: World) -> None:
    world.at_warehouse()
    order = world.at_warehouse()
    world.ship(order)
    world.confirm()
    settled(world)

    run = compare(world)

    assert run.state == ErrandState.DONE
    assert (run.seen, run.mended, run.drift, run.listed) == (1, 0, [], [])
    assert run.finished_at
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_missed_order_is_brought(world: World) -> None:
    world.at_warehouse()
    number = world.simulator.place_order(SELLER, US, created_at=world.now - timedelta(days=2))
    world.later(hours=1)
    world.download()
    assert not Order.objects.filter(number=number).exists()

    run = compare(world)

    assert drift(run) == {number: ("missing", True)}
    assert world.order(number).status == OrderStatus.NEW
    assert not Alert.objects.filter(cause="cart.drift").exists()


def test_a_missed_order_goes_through_the_filters_of_the_cart(world: World) -> None:
    order = world.at_warehouse()
    settled(world)
    Order.objects.filter(pk=order.pk).delete()
    owner = {"organization": world.organization, "merchant": world.merchant}
    OrderFilter.objects.create(**owner, cart=world.cart, field="country", values=["US"])

    run = compare(world)

    assert drift(run) == {order.number: ("missing", True)}
    assert world.order(order.number).status == OrderStatus.SKIPPED


def test_what_an_archived_cart_brought_is_not_missing(world: World) -> None:
    order, archived = world.at_warehouse(), world.cart
    settled(world)
    Cart.objects.filter(pk=archived.pk).update(state=Cart.State.ARCHIVED)
    world.cart = CartFactory(
        merchant=world.merchant,
        place_id=archived.place_id,
        name="Its heir",
        grant=archived.grant,
        orders_seen_until=world.now,
    )

    run = compare(world)

    assert (run.seen, run.drift) == (1, [])
    assert Order.objects.get() == order


def test_a_line_left_out_that_was_shipped_from_elsewhere_is_no_drift(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}, {"sku": "TEAPOT-BLUE", "quantity": 1}])
    order.lines.filter(sku="TEAPOT-BLUE").update(left_out=True)
    there = world.simulator.world.orders[order.number]
    pot = next(item for item in there.document["orderItems"] if item["product"]["sellerSku"] == "TEAPOT-BLUE")
    pot["fulfillment"] |= {"quantityFulfilled": 1, "quantityUnfulfilled": 0}
    settled(world)

    run = compare(world)

    assert (run.seen, run.drift) == (1, [])


def test_what_the_next_download_brings_is_no_drift(world: World) -> None:
    world.at_warehouse()
    world.order_placed()

    assert compare(world).drift == []


def test_a_lost_confirmation_is_told_again(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.confirm()
    assert world.confirmation(order).seen_at
    world.simulator.unship(order.number)
    settled(world)

    run = compare(world)
    assert drift(run) == {order.number: ("not_confirmed", True)}
    assert world.order(order.number).status == OrderStatus.SHIPPED
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert len(world.simulator.order(order.number)["packages"]) == 1


def test_what_amazon_may_just_not_show_yet_is_left_alone(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.confirm()
    world.simulator.unship(order.number)

    assert compare(world).drift == []


def test_what_is_gone_there_is_read_again(world: World) -> None:
    order = world.at_warehouse()
    world.later(minutes=5)
    there = world.simulator.world.orders[order.number]
    there.document["fulfillment"]["fulfillmentStatus"] = "SHIPPED"
    there.rendered.clear()

    run = compare(world)

    assert drift(run) == {order.number: ("gone", True)}
    assert world.order(order.number).held_for == HeldFor.CANCELED  # asked back first: somebody may be packing it


def test_what_amazon_does_not_know_any_more_is_for_a_person(world: World) -> None:
    order = world.at_warehouse()
    world.later(minutes=5)
    world.simulator.world.orders[order.number].document["fulfillment"]["fulfillmentStatus"] = "SHIPPED"
    world.simulator.fail("getOrder", "404")

    run = compare(world)

    assert drift(run) == {order.number: ("unknown_there", False)}
    assert Alert.objects.filter(cause="cart.drift", closed_at=None).count() == 1


@pytest.mark.parametrize(
    ("status", "said"), [(OrderStatus.CANCELED, "canceled_here"), (OrderStatus.CLOSED, "closed_here")]
)
def test_what_is_over_here_and_open_there_is_for_a_person_until_the_next_clean_run(
    world: World, status: str, said: str
) -> None:
    order = world.at_warehouse()
    Release.objects.update(released_at=None)
    Order.objects.update(status=status)
    settled(world)

    run = compare(world)
    assert drift(run) == {order.number: (said, False)}
    assert Alert.objects.get(cause="cart.drift", closed_at=None).path.endswith("/reconcile/")
    world.simulator.cancel(order.number)
    settled(world)
    compare(world)

    assert not Alert.objects.filter(cause="cart.drift", closed_at=None).exists()
    assert Event.objects.filter(kind="cart.reconciled").count() == 2


def test_units_shipped_there_by_somebody_else_are_for_a_person(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    counted = world.simulator.world.orders[order.number].document["orderItems"][0]["fulfillment"]
    counted.update(quantityFulfilled=1, quantityUnfulfilled=2)
    world.simulator.world.touch(world.simulator.world.orders[order.number], world.now)
    settled(world)

    assert drift(compare(world)) == {order.number: ("quantities", False)}


def test_what_the_warehouse_never_got_is_handed_over(world: World) -> None:
    order = world.at_warehouse()
    Release.objects.all().delete()
    settled(world)

    assert drift(compare(world)) == {order.number: ("not_at_warehouse", True)}
    world.deliver()
    assert Release.objects.get().order == order


def test_what_is_canceled_and_still_at_the_warehouse_is_asked_back(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    settled(world)
    Order.objects.update(status=OrderStatus.CANCELED, held_for="")

    assert drift(compare(world)) == {order.number: ("still_at_warehouse", True)}
    tasks.recall_due()
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert compare(world).drift == []


def test_it_goes_page_by_page_and_on_where_a_killed_worker_stopped(world: World) -> None:
    world.simulator.bulk_orders(250, lines=1, seller_id=SELLER, marketplace_id=US)
    world.later(minutes=10)
    world.download()
    made = reconciliations.begin(world.cart, by=None, now=world.now)
    assert made
    world.simulator.fail("searchOrders", "timeout", after=1)
    go_on(world, made)
    assert (made.seen, made.state) == (100, ErrandState.DUE)

    world.later(minutes=5)
    go_on(world, made)

    assert (made.seen, made.state, made.drift) == (250, ErrandState.DONE, [])


def test_it_leaves_room_for_the_download(world: World) -> None:
    world.at_warehouse()
    Bucket.objects.filter(operation="searchOrders").update(tokens=8, filled_at=world.now)
    before = calls(world)

    run = compare(world)
    assert (run.state, calls(world)) == (ErrandState.DUE, before)
    assert run.due_at > world.now
    Bucket.objects.filter(operation="searchOrders").update(tokens=20, filled_at=world.now)
    Grant.objects.update(pulling_until=world.now + timedelta(minutes=5))
    world.later(minutes=4)
    go_on(world, run)
    assert calls(world) == before
    world.later(minutes=2)
    go_on(world, run)

    assert run.state == ErrandState.DONE


def test_one_run_at_a_time(world: World) -> None:
    assert reconciliations.begin(world.cart, by=None, now=world.now)
    assert reconciliations.begin(world.cart, by=None, now=world.now) is None


def test_it_runs_each_night(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[dict[str, Any]] = []
    monkeypatch.setattr(Bell, "ring", lambda bell, **ids: rung.append(ids))
    Cart.objects.update(live_at=world.now - timedelta(days=1))
    Reconciliation.objects.create(
        organization=world.organization, merchant=world.merchant, cart=world.cart,
        begun_at=world.now - timedelta(hours=21), due_at=world.now, state=ErrandState.DONE,
    )  # fmt: skip
    tasks.reconcile_due()
    assert rung == []

    world.later(hours=7)
    tasks.reconcile_due()
    world.later(hours=7)  # two in the morning
    tasks.reconcile_due()
    tasks.reconcile_due()

    assert {ids["reconciliation_id"] for ids in rung} == {Reconciliation.objects.latest("pk").pk}
    assert Reconciliation.objects.count() == 2


def calls(world: World) -> int:
    return sum(call["operation"] == "searchOrders" for call in world.simulator.journal("call"))


# -- A run that is cut off -------------------------------------------------------------------------------------------
def test_a_run_of_a_worker_that_is_to_stop_goes_on_in_the_next_one_at_once(world: World) -> None:
    world.at_warehouse()
    settled(world)
    claims.stop()
    try:
        run = compare(world)
    finally:
        claims.go_on()
    assert (run.state, run.due_at, run.seen) == (ErrandState.DUE, world.now, 0)

    assert go_on(world, run).state == ErrandState.DONE
    assert run.seen == 1


def test_a_run_that_takes_long_lets_others_have_their_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.at_warehouse()
    settled(world)
    with monkeypatch.context() as patch:
        patch.setattr(reconciliations, "GOING_ON", timedelta(seconds=-1))
        run = compare(world)
    assert run.state == ErrandState.DUE

    assert go_on(world, run).state == ErrandState.DONE
