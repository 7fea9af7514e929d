"""Ship and Close, row by row: each order comes with its ship method, and what the page shows is what is sent."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from core.accounts.models import Organization
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.close import drafts
from shipping.close.drafts import GivenPackage
from shipping.models import Package, Shipment, ShipMethod
from tests.factories import (
    CartMethodFactory,
    OrderFactory,
    ReleaseFactory,
    ShipMethodFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, errors, number_of, said, sent_back

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
FEDEX = "986578788855"


@pytest.fixture
def fedex(method: ShipMethod) -> ShipMethod:
    return ShipMethodFactory(
        warehouse=method.warehouse, label="FedEx 2Day", carrier="FedEx", scac="FDEG", service="2Day"
    )


@pytest.fixture
def by_fedex(at_warehouse: AtWarehouse, fedex: ShipMethod) -> Order:
    order = OrderFactory(cart=at_warehouse("100").cart, number="7", status=OrderStatus.AT_WMS)
    ReleaseFactory(order=order, warehouse=fedex.warehouse, ship_method=fedex)
    return order


def opened(client: Client, *orders: Order) -> dict[str, Any]:
    """What the page would send as it opens, with good tracking numbers."""
    page = client.get(URL, {"order": [order.pk for order in orders]})
    return sent_back(page) | {f"tracking_{order.pk}": number_of(order) for order in orders}


def gone_by() -> set[tuple[str, str, str, str]]:
    return set(Package.objects.values_list("order__number", "carrier", "scac", "service"))


# -- As mapped -------------------------------------------------------------------------------------------------------
def test_each_order_comes_with_its_own_ship_method_and_goes_by_it(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod, fedex: ShipMethod, by_fedex: Order
) -> None:
    ups = at_warehouse("1")

    form = opened(owner, ups, by_fedex) | {f"tracking_{by_fedex.pk}": FEDEX}

    assert (form[f"method_{ups.pk}"], form[f"method_{by_fedex.pk}"]) == (str(method.pk), str(fedex.pk))
    assert (form["method"], form["carrier"]) == ("", "")
    owner.post(URL, form)
    assert gone_by() == {("1", "UPS", "UPSN", "Ground"), ("7", "FedEx", "FDEG", "2Day")}


def test_a_row_offers_the_ship_methods_of_its_warehouse_and_nobody_elses(
    owner: Client, at_warehouse: AtWarehouse, fedex: ShipMethod, acme: Organization
) -> None:
    order = at_warehouse("1")
    ShipMethodFactory(warehouse=WarehouseFactory(organization=acme, name="Elsewhere"), label="Of another warehouse")
    foreign = ShipMethodFactory(label="Foreign")

    page = owner.get(URL, {"order": order.pk})
    assert b"FedEx 2Day" in page.content
    assert b"Of another warehouse" not in page.content

    refused = owner.post(URL, opened(owner, order) | {f"method_{order.pk}": foreign.pk})
    assert f"method_{order.pk}" in errors(refused)
    assert not Shipment.objects.exists()


def test_an_order_without_a_ship_method_is_typed_and_the_row_says_what_is_missing(
    owner: Client, at_warehouse: AtWarehouse, by_fedex: Order
) -> None:
    unmapped = OrderFactory(cart=by_fedex.cart, number="9", status=OrderStatus.AT_WMS)
    form = opened(owner, by_fedex, unmapped) | {f"tracking_{by_fedex.pk}": FEDEX}

    page = owner.post(URL, form)

    assert errors(page) == {f"method_{unmapped.pk}": ["Choose a ship method, or enter a carrier and a service."]}
    shown = " ".join(page.content.decode().split())
    assert f'href="#id_method_{unmapped.pk}">9</a>' in shown
    assert shown.count('aria-invalid="true" data-fills') == 1
    owner.post(URL, form | {f"carrier_{unmapped.pk}": "UPS", f"service_{unmapped.pk}": "Ground"})
    assert ("9", "UPS", "", "Ground") in gone_by()


# -- Changed ---------------------------------------------------------------------------------------------------------
def test_an_order_mapped_only_after_it_was_handed_over_comes_with_that_method(
    owner: Client, by_fedex: Order, fedex: ShipMethod
) -> None:
    late = OrderFactory(cart=by_fedex.cart, number="9", service="SecondDay", status=OrderStatus.AT_WMS)
    ReleaseFactory(order=late, warehouse=fedex.warehouse, ship_method=None)
    assert opened(owner, late)[f"method_{late.pk}"] == ""

    CartMethodFactory(cart=late.cart, name="SecondDay", ship_method=fedex)

    assert opened(owner, late)[f"method_{late.pk}"] == str(fedex.pk)


def test_another_ship_method_replaces_all_three_fields_and_the_others_stay(
    owner: Client, at_warehouse: AtWarehouse, fedex: ShipMethod
) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")

    owner.post(URL, opened(owner, one, two) | {f"method_{one.pk}": fedex.pk, f"tracking_{one.pk}": FEDEX})

    assert gone_by() == {("1", "FedEx", "FDEG", "2Day"), ("2", "UPS", "UPSN", "Ground")}


@pytest.mark.parametrize("carrier", ["ABC", "<script>alert(1)</script>", "=1+1"])
def test_a_method_chosen_after_typing_replaces_what_was_typed(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod, carrier: str
) -> None:
    order = at_warehouse("1")
    typed = {"method_{}": "", "filled_by_{}": "", "carrier_{}": carrier, "scac_{}": "😀", "service_{}": "x"}
    form = opened(owner, order) | {name.format(order.pk): value for name, value in typed.items()}

    owner.post(URL, form | {f"method_{order.pk}": method.pk})

    assert gone_by() == {("1", "UPS", "UPSN", "Ground")}


def test_so_does_one_chosen_for_all_orders(owner: Client, at_warehouse: AtWarehouse, method: ShipMethod) -> None:
    order = at_warehouse("1")

    owner.post(URL, said([order], method=method.pk, carrier="<script>alert(1)</script>", scac="😀", service="x"))

    assert gone_by() == {("1", "UPS", "UPSN", "Ground")}


def test_typing_over_a_method_lets_go_of_it_and_says_so_before_it_ships(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    order = at_warehouse("1")
    form = opened(owner, order) | {f"carrier_{order.pk}": "FedEx", f"tracking_{order.pk}": FEDEX}

    page = owner.post(URL, form)

    assert not Shipment.objects.exists()
    assert "1: its carrier was typed over its ship method, so it goes as typed." in page.content.decode()
    shown = sent_back(page)
    assert (shown[f"method_{order.pk}"], shown[f"carrier_{order.pk}"]) == ("", "FedEx")
    owner.post(URL, shown)
    assert gone_by() == {("1", "FedEx", "UPSN", "Ground")}


# -- Set all ---------------------------------------------------------------------------------------------------------
def test_all_are_set_at_once_and_everything_typed_stays(
    owner: Client, at_warehouse: AtWarehouse, fedex: ShipMethod
) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")
    form = opened(owner, one, two) | {"charge_label_1": "Freight", "charge_amount_1": "9", "method": fedex.pk}

    page = owner.post(URL, form | {"set_all": "1"})

    shown = sent_back(page)
    assert not Shipment.objects.exists()
    assert [shown[f"{name}_{order.pk}"] for order in (one, two) for name in ("method", "carrier", "service")] == [
        str(fedex.pk), "FedEx", "2Day", str(fedex.pk), "FedEx", "2Day",
    ]  # fmt: skip
    assert (shown["method"], shown["carrier"]) == ("", "")
    assert (shown["charge_label_1"], shown[f"tracking_{one.pk}"]) == ("Freight", number_of(one))
    assert "Set all 2 orders to…" in page.content.decode()


def test_all_are_set_to_what_is_typed(owner: Client, at_warehouse: AtWarehouse) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")
    form = opened(owner, one, two) | {"carrier": "DHL", "service": "Express", "set_all": "1"}

    shown = sent_back(owner.post(URL, form))

    assert [shown[f"{name}_{two.pk}"] for name in ("method", "carrier", "scac", "service")] == [
        "",
        "DHL",
        "",
        "Express",
    ]


def test_setting_all_to_nothing_says_what_to_choose(owner: Client, at_warehouse: AtWarehouse) -> None:
    form = opened(owner, at_warehouse("1"), at_warehouse("2"))

    page = owner.post(URL, form | {"set_all": "1"})

    assert "Choose a ship method, or enter a carrier" in page.content.decode()
    assert sent_back(page) | {"charges_seen": ""} == form | {"charges_seen": ""}


def test_what_was_chosen_for_all_and_not_set_is_named_and_nothing_is_shipped(
    owner: Client, at_warehouse: AtWarehouse, fedex: ShipMethod
) -> None:
    form = opened(owner, at_warehouse("1"), at_warehouse("2"))

    for above in ({"method": fedex.pk}, {"carrier": "FedEx", "service": "2Day"}):
        page = owner.post(URL, form | above)
        assert "2 orders go by their own ship methods" in page.content.decode()
        assert not Shipment.objects.exists()


# -- Packages --------------------------------------------------------------------------------------------------------
def test_a_second_package_goes_like_the_first_unless_somebody_says_otherwise(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod, fedex: ShipMethod
) -> None:
    order = at_warehouse("1", lines={"MUG": 2})
    form = sent_back(owner.post(URL, opened(owner, order) | {"split": order.pk}))
    form = sent_back(owner.post(URL, form | {"split": order.pk}))
    assert form[f"method_{order.pk}_2"] == str(method.pk)

    units = {f"units_{order.lines.get().pk}_{order.pk}": 1}
    owner.post(URL, form | units | {f"method_{order.pk}_2": fedex.pk, f"tracking_{order.pk}_2": FEDEX})

    assert set(Package.objects.values_list("carrier", "tracking_number")) == {
        ("UPS", number_of(order)),
        ("FedEx", FEDEX),
    }


# -- Filled in beforehand --------------------------------------------------------------------------------------------
def test_it_opens_with_a_draft(
    owner: Client,
    stranger: Client,
    acme: Organization,
    at_warehouse: AtWarehouse,
    method: ShipMethod,
    fedex: ShipMethod,
) -> None:
    one, two, three = at_warehouse("1"), at_warehouse("2", lines={"MUG": 2}), at_warehouse("3")
    line = two.lines.get().pk
    given = {
        one.pk: [GivenPackage(tracking_number=FEDEX, method_id=fedex.pk)],
        two.pk: [
            GivenPackage(tracking_number=number_of(two), units={line: 1}),
            GivenPackage(tracking_number="00340434161094042557", carrier="DHL", service="Paket"),
        ],
        three.pk: [],
    }
    draft = drafts.keep(given, organization=acme, by=UserFactory(), now=clock.now(), shipped_on=date(2026, 1, 2))

    form = sent_back(owner.get(draft.get_absolute_url()))

    assert form["order"] == [one.pk, two.pk, three.pk]
    assert form["shipped_on"] == "2026-01-02"
    assert [form[f"{name}_{one.pk}"] for name in ("method", "carrier", "tracking")] == [str(fedex.pk), "FedEx", FEDEX]
    assert form[f"packages_{two.pk}"] == 2
    assert (form[f"method_{two.pk}"], form[f"units_{line}_{two.pk}"]) == (str(method.pk), "1")
    assert (form[f"method_{two.pk}_2"], form[f"carrier_{two.pk}_2"]) == ("", "DHL")
    assert (form[f"method_{three.pk}"], form[f"tracking_{three.pk}"]) == (str(method.pk), "")
    assert stranger.get(draft.get_absolute_url()).status_code == 404
