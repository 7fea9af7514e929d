import pytest

from core.alerts.models import Alert
from core.common.errands import ErrandState
from core.common.remote import Rejected
from orders.models import HeldFor, OrderStatus
from shipping.delivery import handover, releases
from shipping.methods import mapping
from shipping.models import Release, Route, ShipMethod, Warehouse
from shipping.routing import routes_for
from tests.shipping.played_warehouse import Distant
from tests.world import World


def test_a_new_order_goes_to_the_warehouse_once(world: World) -> None:
    order = world.at_warehouse()

    assert order.status == OrderStatus.AT_WMS
    assert world.deliver().released == 0
    assert Release.objects.filter(order=order, state=ErrandState.DONE).count() == 1


def test_an_unmapped_method_holds_the_order_until_it_is_mapped(world: World) -> None:
    route = routes_for([world.cart])[world.cart.pk]
    Route.objects.filter(pk=route.pk).update(reject_unmapped=True)
    order = world.at_warehouse(service_level="SECOND_DAY")
    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.UNMAPPED)
    alert = Alert.objects.get(cause="ship_method.unmapped", closed_at=None)
    assert alert.message.startswith(f"{world.cart.merchant}, {world.cart}: Ship method “")  # carts share names

    mapped = mapping.MethodChange(mapped={"SecondDay": ShipMethod.objects.get(service="2nd Day Air")})
    freed = mapping.change(world.cart, mapped, by=world.person, now=world.now)
    world.deliver()

    assert freed == 1
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert str(Release.objects.get().ship_method) == "UPS 2nd Day Air"
    assert not Alert.objects.filter(closed_at=None).exists()


def test_methods_seen_on_orders_join_the_four_of_every_cart(world: World) -> None:
    world.at_warehouse(service_level="FREE_ECONOMY")

    names = [method.name for method in mapping.list_methods(world.cart)]

    assert names == ["Standard", "Expedited", "SecondDay", "NextDay", "FreeEconomy"]


def test_a_held_order_that_is_let_go_is_not_handed_over_twice(world: World) -> None:
    order = world.at_warehouse()
    order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.NEW, now=world.now)

    assert world.deliver().released == 1
    assert Release.objects.filter(order=order).count() == 1
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_a_paused_cart_releases_nothing(world: World) -> None:
    world.order_placed()
    world.download()
    world.cart.state = "paused"
    world.cart.save(update_fields=["state"])

    assert releases.release_orders(now=world.now).released == 0


def test_a_line_that_is_canceled_is_not_handed_over_and_an_order_of_none_is_refused(
    world: World, distant: type[Distant]
) -> None:
    number = world.order_placed(lines=[{"sku": "MUG-BLUE", "quantity": 2}, {"sku": "MUG-LID", "quantity": 1}])
    world.later(minutes=20)
    world.download()
    order = world.order(number)
    release = Release(order=order, warehouse=Warehouse.objects.get())
    order.lines.filter(sku="MUG-LID").update(canceled=1)

    assert [(line.product_code, line.quantity) for line in handover.delivery(release).lines] == [("MUG-BLUE", 2)]

    order.lines.filter(sku="MUG-BLUE").update(canceled=2)
    with pytest.raises(Rejected, match=r"^Nothing in the order is left to ship\.$"):
        handover.delivery(release)
