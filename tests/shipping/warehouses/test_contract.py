"""What every adapter must keep, whichever system it speaks to. All kinds are here; the server of one that is asked over
a wire stands in WIRED (wired.py), and gets all of it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from core.activity.models import Event
from core.alerts.models import Alert
from core.common.remote import Disconnected, Rejected, RemoteError, Throttled, Unavailable
from orders.models import OrderStatus
from shipping import warehouses
from shipping.delivery import recall as delivery_recall
from shipping.delivery import releases
from shipping.models import Recall, Release, WarehouseTraffic
from shipping.warehouses.api.system import Api
from shipping.warehouses.base import CallsUs, Creating, GivenBack, WarehouseSystem
from shipping.warehouses.portal.system import Portal
from tests.shipping.warehouses.http_wms import KEY, HttpWms
from tests.shipping.warehouses.wired import LEVELS, WIRED, Wired
from tests.world import World

ADAPTERS: list[type[WarehouseSystem]] = [*warehouses.WAREHOUSES.values(), HttpWms]
FAULTS: dict[str, type[RemoteError]] = {
    "401": Disconnected,
    "403": Rejected,
    "429": Throttled,
    "503": Unavailable,
    "time-out": Unavailable,
    "bad body": Unavailable,
    "lost": Unavailable,
}
VERBS: dict[str, Callable[[WarehouseSystem], object]] = {
    "find": lambda system: system.find("1"),
    "recall": lambda system: system.recall("", order_number="1"),
    "stock": lambda system: list(system.stock()),
}


@pytest.fixture(params=list(WIRED))
def wired(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Wired:
    return WIRED[request.param](monkeypatch)


@pytest.fixture
def wms(world: World, wired: Wired) -> Wired:
    """The world's warehouse is the one behind the wire."""
    wired.be_the_warehouse_of(world)
    return wired


# -- What an adapter says of itself ------------------------------------------------------------------------------------
@pytest.mark.parametrize("system", ADAPTERS)
def test_it_says_what_it_can_and_can_what_it_says(system: type[WarehouseSystem]) -> None:
    assert system.kind
    assert system.label
    assert isinstance(system.creating, Creating)
    abilities = {"tells_shipments": "shipped_since", "tells_stock": "stock"}
    abilities |= {"tells_methods": "ship_methods", "tells_items": "items", "can_recall": "recall"}
    for ability, verb in abilities.items():
        has_it = getattr(system, verb) is not getattr(WarehouseSystem, verb)
        assert has_it == getattr(system, ability) or system.calls_us, verb
    if system.creating is Creating.LOOK_UP:
        assert system.find is not WarehouseSystem.find
    assert system.calls_us == issubclass(system, CallsUs)
    assert not (system.calls_us and not system.remote)
    assert system.share >= 1


def test_every_kind_stands_under_its_name() -> None:
    assert {kind: system.kind for kind, system in warehouses.WAREHOUSES.items()} == {
        kind: kind for kind in warehouses.WAREHOUSES
    }
    assert {Portal, Api} <= {*warehouses.WAREHOUSES.values()}


# -- What is asked over a wire -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("verb", VERBS)
def test_whatever_goes_wrong_is_one_of_our_errors_and_says_no_secret(wired: Wired, verb: str, fault: str) -> None:
    wired.faults.line = [fault] * (2 if fault == "401" else 1)  # a token that was only too old is replaced once

    with pytest.raises(RemoteError) as raised:
        VERBS[verb](wired.system())

    assert type(raised.value) is FAULTS[fault]
    assert KEY not in str(raised.value)


def test_all_pages_are_brought_or_none(wired: Wired) -> None:
    told = {each.product_code: each.available for each in wired.system().stock() if each.product_code in LEVELS}
    assert told == LEVELS
    wired.faults.line = ["", "503"]
    with pytest.raises(Unavailable):
        list(wired.system().stock())


def test_an_order_is_given_back_as_often_as_it_is_asked_for(wired: Wired) -> None:
    wired.put("1", "open")
    wired.put("2", "shipped")
    system = wired.system()

    assert [system.recall("", order_number="1") for _ in range(2)] == [GivenBack.RECALLED] * 2
    assert wired.states()["1"] == "canceled"
    assert system.recall("", order_number="2") is GivenBack.TOO_LATE
    assert system.recall("", order_number="3") is GivenBack.UNKNOWN


# -- What the portal makes of it ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["503", "time-out", "bad body", "lost"])
def test_a_lost_answer_never_makes_a_second_order(world: World, wms: Wired, fault: str) -> None:
    wms.faults.line = [fault]
    order = world.at_warehouse()
    for _ in range(3):
        world.later(minutes=10)
        world.deliver()

    assert wms.made == [order.number]
    assert world.order(order.number).status == OrderStatus.AT_WMS


@pytest.mark.parametrize("found", [True, False])
def test_where_nothing_makes_it_safe_a_person_looks(
    world: World, wms: Wired, monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    monkeypatch.setattr(type(wms.system()), "creating", Creating.NEITHER)
    wms.faults.line = ["lost"]
    order = world.at_warehouse()
    world.later(minutes=10)
    world.deliver()

    assert wms.made == [order.number]
    assert world.order(order.number).status == OrderStatus.ERROR
    assert f"Look for {order.number} there" in world.order(order.number).reason
    browser = Client()
    browser.force_login(world.person)
    page = browser.get(order.get_absolute_url()).content.decode()
    assert "It is not there: send it" in page
    there, again = (reverse(f"orders:{name}", args=[order.pk]) for name in ("found_there", "send_again"))
    if found:
        browser.post(there)
        browser.post(there)  # twice does no harm
    else:
        wms.lose_all()
        browser.post(again)
    world.deliver()

    assert wms.made == [order.number] * (1 if found else 2)
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert Release.objects.get().is_done
    assert Event.objects.filter(kind="order.found_there").count() == found
    assert not Alert.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("fault", ["lost", "503"])
def test_what_may_be_there_is_asked_back_when_it_is_canceled(world: World, wms: Wired, fault: str) -> None:
    wms.faults.line = [fault]
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    delivery_recall.recall_orders(now=world.now)

    assert Recall.objects.get().is_done
    assert wms.states().get(order.number, "canceled") == "canceled"
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_one_that_is_too_late_is_not_taken_back(world: World, wms: Wired) -> None:
    order = world.at_warehouse()
    wms.put(order.number, "shipped")
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    delivery_recall.recall_orders(now=world.now)

    assert Recall.objects.get().is_stuck
    assert delivery_recall.TOO_LATE in Recall.objects.get().last_error


def test_a_warehouse_that_is_away_is_left_alone_after_three_failures(world: World, wms: Wired) -> None:
    numbers = [world.order_placed() for _ in range(5)]
    world.download()
    wms.faults.line = ["time-out"] * 10

    world.deliver()

    assert len(wms.faults.line) == 7
    assert Release.objects.filter(due_at__gt=world.now).count() == len(numbers)
    wms.faults.line = []
    world.later(minutes=2)
    world.deliver()
    assert sorted(wms.made) == sorted(numbers)


def test_one_worker_at_a_time_is_at_a_warehouse(world: World, wms: Wired) -> None:
    for _ in range(2):
        world.order_placed()
    world.download()
    releases.owe_new(now=world.now)
    [warehouse] = releases.waiting_warehouses(world.now)
    first = Release.objects.order_by("pk").first()
    assert first is not None

    assert first.take(world.now)  # a worker is at it, and hangs
    assert releases.waiting_warehouses(world.now) == []
    world.later(minutes=2)  # it died
    assert releases.waiting_warehouses(world.now) == [warehouse]


def test_calls_and_bytes_are_counted(world: World, wms: Wired) -> None:
    wms.faults.line = ["503"]
    world.at_warehouse()
    world.later(minutes=10)
    world.deliver()

    counted = WarehouseTraffic.objects.get()
    assert (counted.calls - wms.tokens, counted.failed) == (3, 1)  # in vain, looked for, handed over
    assert counted.received > 0
