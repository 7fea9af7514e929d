"""Differences, skipped orders and lines left out, on the page of an order and in the list."""

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from orders.differences import settlement
from orders.models import Difference, ItemFilter, Order, OrderFilter, OrderStatus
from shipping import warehouses
from shipping.models import Release, Warehouse
from tests import factories
from tests.orders.later_documents import changed, expedited, moved
from tests.shipping.played_warehouse import Distant
from tests.world import World

pytestmark = pytest.mark.one_database


def client_of(world: World, role: Role = Role.OWNER) -> Client:
    client = Client()
    client.force_login(factories.make_person(world.organization, role))
    return client


def page(client: Client, order: Order) -> str:
    return client.get(order.get_absolute_url()).content.decode()


def settle(client: Client, order: Order, **said: object) -> str:
    answer = client.post(reverse("orders:settle", args=[order.pk]), {"document": order.digest, **said}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def differing_order(world: World) -> Order:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    return changed(world, changed(world, order, moved()), expedited)


def test_what_differs_is_asked_with_both_answers(world: World, differing_order: Order) -> None:
    shown = page(client_of(world), differing_order)

    assert "Amazon.com changed it after it left for the warehouse" in shown
    assert "The address changed: street." in shown
    assert "The ship method Standard is now Expedited." in shown
    assert shown.count(">Keep ours<") == shown.count(">Take Amazon.com’s<") == 2
    assert "Keep all of ours" in shown


def test_who_may_not_ship_sees_it_and_is_not_asked(world: World, differing_order: Order) -> None:
    shown = page(client_of(world, Role.VIEWER), differing_order)

    assert "The address changed: street." in shown
    assert "Keep ours" not in shown
    answer = client_of(world, Role.VIEWER).post(reverse("orders:settle", args=[differing_order.pk]), {"keep": "all"})
    assert answer.status_code == 403


def test_one_is_kept_and_the_other_taken(world: World, differing_order: Order) -> None:
    client, order = client_of(world), differing_order
    address, service = (each.pk for each in settlement.still_open(order))

    assert "Kept as it is here. Amazon.com still has its own version." in settle(client, order, keep=address)
    assert "It now matches Amazon.com. The people who ship it see it this way." in settle(client, order, take=service)

    order.refresh_from_db()
    assert order.service == "Expedited"
    shown = page(client, order)
    assert "changed it after it left" not in shown
    assert "Kept ours: the address changed: street" in shown


def test_what_was_settled_is_settled_once(world: World, differing_order: Order) -> None:
    client = client_of(world)
    settle(client, differing_order, keep="all")

    assert "There is nothing left to decide." in settle(client, differing_order, take="all")
    assert not Difference.objects.filter(settled_at=None).exists()
    differing_order.refresh_from_db()
    assert differing_order.service == "Standard"


def test_who_keeps_what_somebody_else_took_is_not_told_it_was_kept(world: World, differing_order: Order) -> None:
    client, (first, _) = client_of(world), settlement.still_open(differing_order)
    settle(client, differing_order, take=first.pk)

    said = settle(client, differing_order, keep=first.pk)

    assert "There is nothing left to decide." in said
    assert "Kept as it is here. Amazon.com still" not in said


def test_a_newer_change_is_looked_at_first(world: World, differing_order: Order) -> None:
    changed(world, differing_order, moved("10 Third Street"))

    assert "changed it again in the meantime" in settle(client_of(world), differing_order, take="all")
    assert Difference.objects.filter(settled_at=None).count() == 2


@pytest.mark.parametrize("said", ["", "x", "-1", "²", "9" * 30])
def test_an_answer_that_is_none_settles_nothing(world: World, differing_order: Order, said: str) -> None:
    assert "There is nothing left to decide." in settle(client_of(world), differing_order, keep=said)
    assert Difference.objects.filter(settled_at=None).count() == 2


def test_the_difference_of_another_order_is_not_settled(world: World, differing_order: Order) -> None:
    other = changed(world, world.at_warehouse(), moved())

    settle(client_of(world), other, keep=settlement.still_open(differing_order)[0].pk)

    assert Difference.objects.filter(settled_at=None).count() == 3


def test_a_warehouse_behind_a_wire_gets_it_anew(
    world: World, differing_order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(warehouses.WAREHOUSES, "distant", Distant)
    Warehouse.objects.update(kind="distant")

    said = settle(client_of(world), differing_order, take="all")

    assert "Warehouse is asked to give it back, and then gets it again." in said
    assert Release.objects.get(order=differing_order).replaces == differing_order.number


# -- Skipped ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def skipped(world: World) -> Order:
    owner = {"organization": world.organization, "merchant": world.merchant, "cart": world.cart}
    OrderFilter.objects.create(**owner, field="service", effect="restricted", values=["Standard"])
    number = world.order_placed()
    world.download()
    return world.order(number)


def test_a_skipped_order_is_taken_from_its_page(world: World, skipped: Order) -> None:
    client = client_of(world)
    assert "Accept anyway" in page(client, skipped)
    assert "Accept anyway" not in page(client_of(world, Role.VIEWER), skipped)

    said = client.post(reverse("orders:take", args=[skipped.pk]), follow=True).content.decode()

    assert "Accepted. It is now handled like any other order." in said
    assert "Accepted anyway. It had been skipped" in said
    assert world.order(skipped.number).status == OrderStatus.NEW


def test_the_skipped_tab_says_why_and_takes_all_that_match(world: World, skipped: Order) -> None:
    client = client_of(world)
    world.order_placed()
    world.download()
    number = world.order_placed()
    world.download()
    fulfilled = changed(world, world.order(number), lambda each: each["fulfillment"].update(fulfilledBy="AMAZON"))

    shown = client.get(reverse("orders:orders"), {"tab": "skipped"}).content.decode()
    assert shown.count(">Left out by the filter “Ship method is Standard”") == 2
    assert ">Accept anyway<" in shown
    assert ">Accept anyway<" not in client.get(reverse("orders:orders"), {"tab": "new"}).content.decode()

    act = f"{reverse('orders:act')}?tab=skipped"
    matching = client.get(reverse("orders:orders"), {"tab": "skipped"}).context["matching"]
    chosen = {"action": "take", "all_matching": "yes", "matching": matching}
    said = client.post(act, chosen, follow=True).content.decode()

    assert "2 orders accepted. They are now handled like any other orders." in said
    assert f"{fulfilled.number} was not accepted. It is fulfilled by Amazon.com, not by the warehouse." in said
    assert Order.objects.filter(status=OrderStatus.SKIPPED).count() == 1


def test_lines_left_out_are_sent_too(world: World) -> None:
    owner = {"organization": world.organization, "merchant": world.merchant, "cart": world.cart}
    ItemFilter.objects.create(**owner, values=["POT-1"])
    number = world.order_placed(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}, {"sku": "POT-1", "quantity": 3}])
    world.download()
    client, order = client_of(world), world.order(number)
    assert "Send the left-out lines too" in page(client, order)

    cancel = client.get(reverse("orders:cancel", args=[order.pk])).content.decode()
    assert "5 units of 2 lines" in cancel
    assert "3 of them were left out" in cancel

    client.post(reverse("orders:take_lines", args=[order.pk]))

    assert not order.lines.filter(left_out=True).exists()
    assert "Send the left-out lines too" not in page(client, order)
