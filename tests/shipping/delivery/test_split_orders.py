"""Split orders on their way: refused by one warehouse, held, canceled in part, shipped in whatever sequence."""

from collections import Counter
from random import Random

import pytest
from django.test import Client
from django.urls import reverse

from carts.marketplaces.values import OrderState
from core.alerts.models import Alert
from core.common import clock
from core.common.remote import Rejected
from orders.actions import holds
from orders.models import HeldFor, Order, OrderStatus
from shipping import warehouses
from shipping.cancellation import order_hold
from shipping.cancellation.order_hold import NotHeld
from shipping.carriers.tracking_numbers import ups_number
from shipping.close import ship_and_close
from shipping.close.ship_and_close import Closing
from shipping.delivery import amendment, recall, releases, retry, split_orders
from shipping.methods.rules import Decision
from shipping.models import PackageLine, Recall, Release, ReleaseLine, Route, ShipMethod, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from shipping.routing_rules.part_methods import DecidedPart
from shipping.routing_rules.rules import PlacedPart
from shipping.shipments.release_parts import parts_of, share_out
from shipping.shipments.shipped_packages import Parcel, openings
from shipping.tracking_import.matches import Verdict
from tests import tracking_sheets
from tests.api_client import Program
from tests.factories import (
    CartFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    WarehouseFactory,
    make_person,
)
from tests.shipping.played_warehouse import Distant

pytestmark = pytest.mark.django_db


class Split:
    """An order of two mugs and three plates: the mugs and a plate from Reno, which is here, two plates from Oslo."""

    def __init__(self) -> None:
        self.acme = OrganizationFactory()
        self.owner = make_person(self.acme)
        self.reno = make_portal_warehouse(self.acme, "Reno")
        self.oslo: Warehouse = WarehouseFactory(organization=self.acme, name="Oslo", kind="distant")
        cart = CartFactory(merchant=MerchantFactory(organization=self.acme))
        Route.objects.filter(pk=routes_for([cart])[cart.pk].pk).update(warehouse=self.reno)
        order: Order = OrderFactory(cart=cart, lines={"MUG": 2, "PLATE": 3})
        self.pk = order.pk
        self.mug, self.plate = order.lines.order_by("pk").values_list("pk", flat=True)
        parts = [
            PlacedPart(self.reno, {self.mug: 2, self.plate: 1}, [("MUG", 2), ("PLATE", 1)]),
            PlacedPart(self.oslo, {self.plate: 2}, [("PLATE", 2)]),
        ]
        decided = [DecidedPart(each, Decision(None, ""), "as no warehouse has all of it") for each in parts]
        assert split_orders.hand_out(order, decided, now=clock.now()) == 2
        self.packed = 0

    @property
    def order(self) -> Order:
        return Order.objects.select_related("cart").get(pk=self.pk)

    def part(self, warehouse: Warehouse) -> Release:
        return Release.objects.select_related("warehouse").get(order=self.pk, warehouse=warehouse)

    def work(self) -> None:
        releases.release_orders(now=clock.now())
        recall.recall_orders(now=clock.now())

    def ship(self, warehouse: Warehouse, units: dict[int, int] | None = None) -> str:
        self.packed += 1
        parcel = Parcel("UPS", "UPSN", "Ground", f"1Z999AA1000000{self.packed:04}", units)
        closing = Closing(self.order, [parcel], clock.now(), part=self.part(warehouse).pk)
        return ship_and_close.ship_and_close([closing], by=self.owner, now=clock.now())[0].message

    def open_units(self, warehouse: Warehouse) -> dict[int, int]:
        order = self.order
        shared = share_out(openings([order])[order.pk], parts_of([order])[order.pk])
        return {pk: opening.units for pk, opening in shared[self.part(warehouse).pk].items()}


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> Split:
    monkeypatch.setitem(warehouses.WAREHOUSES, "distant", Distant)
    for kept in (Distant.created, Distant.recalled, Distant.answers):
        kept.clear()
    return Split()


def test_each_part_goes_by_a_number_of_its_own(split: Split) -> None:
    split.work()

    number = split.order.number
    assert (split.part(split.reno).number_there, split.part(split.oslo).number_there) == (number, f"{number}-P2")
    assert Distant.created == [f"{number}-P2"]
    assert split.order.status == OrderStatus.AT_WMS


def test_nobody_ships_what_another_warehouse_has(split: Split) -> None:
    split.work()

    assert "3 of PLATE is more than the 1 still open" in split.ship(split.reno, {split.plate: 3})
    assert "is more than the 0 still open" in split.ship(split.oslo, {split.mug: 1})
    assert "Partly shipped" in split.ship(split.oslo)
    assert split.ship(split.reno) == "Shipped."
    assert split.order.status == OrderStatus.SHIPPED


def test_what_one_warehouse_refuses_needs_a_person_while_the_other_ships(
    split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        refusing.setattr(Distant, "create", lambda self, delivery: (_ for _ in ()).throw(Rejected("Unknown item.")))
        split.work()
    assert (split.order.status, split.order.reason) == (OrderStatus.ERROR, "Unknown item.")
    assert "Oslo refused its part. Unknown item." in Alert.objects.get(closed_at=None).message

    assert "Partly shipped" in split.ship(split.reno)
    assert (split.order.status, split.order.reason) == (OrderStatus.ERROR, "Unknown item.")

    retry.send_again(split.order, by=split.owner, now=clock.now())
    split.work()
    assert split.order.status == OrderStatus.AT_WMS
    assert not Alert.objects.filter(closed_at=None).exists()
    assert split.ship(split.oslo) == "Shipped."


def test_an_order_that_is_held_and_released_is_at_both_again(split: Split) -> None:
    split.work()
    order_hold.hold(split.order, by=split.owner, now=clock.now())
    split.work()
    assert split.order.is_held_for(HeldFor.PERSON)
    assert Distant.recalled == [f"WMS-{split.order.number}-P2"]

    holds.free(split.order, by=split.owner, now=clock.now())
    split.work()

    assert split.order.status == OrderStatus.AT_WMS
    assert all(each.is_with_warehouse for each in Release.objects.filter(order=split.pk))
    assert Distant.created[1:] == [f"{split.order.number}-P2-R2"]


def test_what_a_warehouse_has_of_a_shipped_order_is_asked_back(split: Split) -> None:
    split.work()
    split.ship(split.reno)
    order = split.order
    order.lines.filter(pk=split.plate).update(canceled=2)
    order.advance(
        frm=[OrderStatus.AT_WMS], to=OrderStatus.SHIPPED, now=clock.now(), reason="The rest was shipped there"
    )

    split.work()
    split.work()

    assert Distant.recalled == [f"WMS-{order.number}-P2"]
    assert not split.part(split.oslo).is_with_warehouse
    assert split.order.status == OrderStatus.SHIPPED
    assert not Recall.objects.filter(order=order, warehouse=split.reno).exists()


def test_a_cancel_before_a_part_was_sent_ends_it_there(split: Split) -> None:
    order = split.order
    Order.objects.filter(pk=order.pk).update(state_there=OrderState.CANCELED)
    order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.HELD, now=clock.now(), held_for=HeldFor.CANCELED)

    split.work()
    split.work()

    assert split.order.status == OrderStatus.CANCELED
    assert (Distant.created, Distant.recalled) == ([], [])
    assert "pull it from packing at Reno" in Alert.objects.get(closed_at=None).message


def test_its_ship_method_is_each_warehouses_own(split: Split) -> None:
    method = ShipMethod.objects.filter(warehouse=split.reno).first()
    with pytest.raises(amendment.NotEditable, match="split over several warehouses"):
        amendment.change_method(split.order, method, seen=None, by=split.owner, now=clock.now())


def test_each_warehouse_finds_it_among_its_orders(split: Split, client: Client) -> None:
    client.force_login(split.owner)
    for warehouse in (split.reno, split.oslo):
        page = client.get(reverse("orders:orders"), {"tab": "all", "warehouse": str(warehouse.pk)}).content.decode()
        assert split.order.number in page
        [read] = Program(split.acme, warehouse_id=warehouse.pk).get("orders").json()["data"]
        assert [each["warehouse_name"] for each in read["deliveries"]] == ["Reno", "Oslo"]
        assert read["delivery"]["warehouse_name"] == "Reno"
        given = [{each["sku"]: each["quantity"] for each in part["lines"]} for part in read["deliveries"]]
        assert sum((Counter(each) for each in given), Counter()) == Counter(
            {each["sku"]: each["to_ship"] for each in read["lines"]}
        )
        assert all(given)


def test_a_system_that_calls_us_claims_its_part_reports_that_alone_and_is_asked_for_it(split: Split) -> None:
    Warehouse.objects.filter(pk=split.oslo.pk).update(kind="api")
    wms = Program(split.acme, warehouse_id=split.oslo.pk)
    [claimed] = wms.post("claims", {}).json()["orders"]
    assert claimed["number"] == f"{split.order.number}-P2"
    assert [(line["sku"], line["units"]) for line in claimed["lines"]] == [("PLATE", 2)]
    wms.post("acknowledgments", {"orders": [{"order": claimed["id"], "accepted": True}]})

    package = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking_number": "1Z999AA10123456784"}
    mug = {**package, "lines": [{"sku": "MUG", "units": 1}]}
    strange = {"shipments": [{"order": claimed["id"], "reference": "S-1", "packages": [mug]}]}
    assert wms.post("shipments", strange).json()["results"][0]["outcome"] == "held"

    order_hold.hold(split.order, by=split.owner, now=clock.now())
    [asked] = wms.get("cancel-requests").json()["data"]
    assert asked["number"] == f"{split.order.number}-P2"
    wms.post("cancel-answers", {"answers": [{"order": asked["order"], "answer": "recalled"}]})
    assert not split.part(split.oslo).is_with_warehouse


def test_a_sheet_names_a_part_by_its_number_and_asks_where_it_names_the_order(split: Split, client: Client) -> None:
    split.work()
    client.force_login(split.owner)
    for written, verdict, warehouse in (
        (split.order.number, Verdict.ODD, split.reno),
        (f"{split.order.number}-P2", Verdict.READY, split.oslo),
    ):
        text = f"Order,Tracking,Carrier,Service\n{written},{ups_number('999AA1', 1)},UPS,Ground\n"
        shown = client.post(tracking_sheets.URL, {"text": text}, follow=True)
        [match] = shown.context["shown"].matches
        assert (match.verdict, match.part.warehouse) == (verdict, warehouse), match.reasons
        if verdict is Verdict.ODD:
            path = shown.redirect_chain[-1][0]
            dialog = client.post(f"{path}ship/", {"what": "open"}, follow=True).content.decode()
            assert f"{warehouse}’s part" in dialog
            assert "2 × MUG, 1 × PLATE" in dialog


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_nothing_is_shipped_twice_and_no_part_is_left_behind(split: Split, seed: int) -> None:
    chance = Random(seed)
    for _ in range(14):
        order = split.order
        act = chance.choice(("work", "work", "ship", "hold", "free", "cancel", "refuse"))
        if act == "work":
            split.work()
        elif act == "ship":
            warehouse = chance.choice((split.reno, split.oslo))
            line = chance.choice((split.mug, split.plate))
            split.ship(warehouse, {line: chance.randint(1, 3)})
        elif act == "hold":
            try:
                order_hold.hold(order, by=split.owner, now=clock.now())
            except NotHeld:
                continue
        elif act == "free" and order.is_held_for(HeldFor.PERSON):
            holds.free(order, by=split.owner, now=clock.now())
        elif act == "cancel":
            some = chance.choice(list(order.lines.all()))
            if openings([order])[order.pk][some.pk].units:
                order.lines.filter(pk=some.pk).update(canceled=some.canceled + 1)
        elif act == "refuse":
            Distant.answers.append(Rejected("It is packed."))
        _holds_together(split)
    # In the end everybody answers, and whoever has something to ship ships it.
    Distant.answers.clear()
    for _ in range(4):
        order = split.order
        if order.is_held_for(HeldFor.PERSON):
            holds.free(order, by=split.owner, now=clock.now())
        split.work()
    for warehouse in (split.reno, split.oslo):
        if any(split.open_units(warehouse).values()):
            assert split.part(warehouse).is_with_warehouse
            split.ship(warehouse)
    _holds_together(split)
    assert not any(each.units for each in openings([split.order])[split.pk].values())
    if split.packed and PackageLine.objects.filter(package__order=split.pk).exists():
        assert split.order.is_shipped


def _holds_together(split: Split) -> None:
    order = split.order
    opened = openings([order])[order.pk]
    for line in order.lines.all():
        packed = sum(PackageLine.objects.filter(line=line).values_list("quantity", flat=True))
        given = sum(ReleaseLine.objects.filter(line=line).values_list("quantity", flat=True))
        assert packed <= line.ordered
        assert given <= line.ordered
        shared = sum(split.open_units(each).get(line.pk, 0) for each in (split.reno, split.oslo))
        assert shared == opened[line.pk].units
