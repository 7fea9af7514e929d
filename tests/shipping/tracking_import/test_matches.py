"""What a sheet matches, what it does not, and the way out of each: through the door, as people do it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carts.models import Cart
from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Package, Release, ShipMethod
from shipping.tracking_import.matches import Match
from tests.factories import (
    CartFactory,
    OrderFactory,
    PackageFactory,
    ShipmentFactory,
    ShipMethodFactory,
)
from tests.order_pages import AtWarehouse
from tests.tracking_sheets import URL, upload, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
AMAZON = "113-1048200-2345678"
HEADS = "Order,Tracking,Carrier,Service,SKU,Qty\n"


def number(place: int = 1) -> str:
    return ups_number("999AA1", place)


def matched(client: Client, rows: str, heads: str = HEADS) -> list[Match]:
    page = client.post(URL, {"text": heads + rows}, follow=True)
    found: list[Match] = page.context["shown"].matches
    return found


def only(client: Client, rows: str, heads: str = HEADS) -> Match:
    [found] = matched(client, rows, heads)
    return found


def said(match: Match) -> tuple[str, list[str]]:
    return match.verdict.label, match.reasons


# -- Which order -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "written",
    [
        AMAZON,
        "11310482002345678",
        "113 1048200 2345678",
        f'"{AMAZON}"',
        f'"=""{AMAZON}"""',
        f"'{AMAZON}",
        "113‑1048200‑2345678",
        f"\u00a0{AMAZON} ",
    ],
)
def test_an_order_is_found_however_its_number_is_written(
    owner: Client, at_warehouse: AtWarehouse, written: str
) -> None:
    order = at_warehouse(AMAZON)

    found = only(owner, f"{written},{number()}")

    assert (found.order, said(found)) == (order, ("Ready", []))


@pytest.mark.parametrize("written", ["PRIME-77", "prime77", "WMS/4711", "wms 4711"])
def test_an_order_is_found_by_our_number_and_the_warehouses(
    owner: Client, at_warehouse: AtWarehouse, written: str
) -> None:
    order = at_warehouse(AMAZON)
    Release.objects.filter(order=order).update(number="PRIME-77", reference="WMS/4711")

    assert only(owner, f"{written},{number()}").order == order


def test_a_number_differs_in_hyphens_alone_whatever_its_form(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("B-2024_77")

    assert only(owner, f"b202477,{number()}").order == order


def test_what_nobody_has_and_what_somebody_else_has_look_alike(owner: Client, at_warehouse: AtWarehouse) -> None:
    OrderFactory(number=AMAZON, status=OrderStatus.AT_WMS)  # another 3PL's

    theirs, nobodys = matched(owner, f"{AMAZON},{number(1)}\n113-1048200-0000000,{number(2)}")

    assert theirs.order is None
    assert said(theirs) == said(nobodys) == ("Not shipped", ["No order has this number. Check it in the sheet."])


def test_a_number_on_two_carts_is_chosen(owner: Client, at_warehouse: AtWarehouse, cart: Cart) -> None:
    first, second = (
        at_warehouse(AMAZON),
        OrderFactory(
            cart=CartFactory(merchant=cart.merchant, name="Amazon CA"), number=AMAZON, status=OrderStatus.AT_WMS
        ),
    )
    page = owner.post(URL, {"text": f"{HEADS}{AMAZON},{number()},UPS,Ground"}, follow=True)
    [found] = page.context["shown"].matches
    assert (found.order, found.verdict.label, found.choices) == (None, "Choose the order", [first, second])
    address = page.redirect_chain[-1][0]

    page = owner.post(address, mended(page, which_0=str(second.pk)), follow=True)

    assert [each.order for each in page.context["shown"].matches] == [second]


def mended(page: Any, **changes: str) -> dict[str, Any]:
    """What the form of a sheet's page would send."""
    form = page.context["form"]
    fields = {field.html_name: field.value() or "" for field in form}
    before = {field.html_initial_name: field.initial or "" for field in form if field.field.show_hidden_initial}
    return {**fields, **before, **changes}


def test_one_order_under_two_numbers_is_not_shipped_twice(owner: Client, at_warehouse: AtWarehouse) -> None:
    Release.objects.filter(order=at_warehouse(AMAZON)).update(number="PRIME-77")

    first, second = matched(owner, f"{AMAZON},{number(1)}\nPRIME-77,{number(2)}")

    assert first.verdict.label == "Ready"
    assert said(second) == (
        "Not shipped", [f"It is the same order as {AMAZON} (row 2). Use one number for both."]
    )  # fmt: skip


# -- Whether it is to be shipped ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "reason", "why"),
    [
        (OrderStatus.CANCELED, "", "It is canceled. Don't ship it."),
        (OrderStatus.HELD, "Somebody is holding it.", "It is held: Somebody is holding it. Release it first."),
        (OrderStatus.NEW, "", "It is new: it has not gone to a warehouse yet."),
        (OrderStatus.PENDING, "", "It is pending: it has not gone to a warehouse yet."),
        (OrderStatus.ERROR, "Refused", "It is in error: Refused."),
        (OrderStatus.SKIPPED, "Fulfilled by Amazon", "It is skipped: Fulfilled by Amazon."),
        (OrderStatus.CLOSED, "", "It is closed."),
    ],
)
def test_what_cannot_be_shipped_says_why(owner: Client, cart: Cart, status: OrderStatus, reason: str, why: str) -> None:
    order = OrderFactory(cart=cart, number=AMAZON, status=status, reason=reason)

    found = only(owner, f"{AMAZON},{number()}")

    assert said(found) == ("Not shipped", [why])
    assert found.way is not None
    assert found.way.url == order.get_absolute_url()


def test_what_was_shipped_so_already_needs_nothing(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, number=AMAZON, status=OrderStatus.CONFIRMED)
    PackageFactory(shipment=ShipmentFactory(order=order), tracking_number=number())

    assert said(only(owner, f"{AMAZON},{number().lower()}")) == (
        "Already shipped", ["It was shipped with this tracking already. Nothing to do."]
    )  # fmt: skip


def test_what_was_shipped_otherwise_leads_to_its_correction(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, number=AMAZON, status=OrderStatus.SHIPPED)
    package = PackageFactory(shipment=ShipmentFactory(order=order), tracking_number=number(1))

    found = only(owner, f"{AMAZON},{number(2)}")

    assert said(found) == (
        "Not shipped", [f"It was shipped with {number(1)}. To tell the cart another number, correct it."]
    )  # fmt: skip
    assert found.way is not None
    assert found.way.url == f"/shipping/packages/{package.pk}/correct/"


# -- What the sheet itself lacks ---------------------------------------------------------------------------------------
def test_rows_without_a_number_say_so_and_rows_with_neither_say_nothing(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    at_warehouse(AMAZON)

    found = matched(owner, f",{number()}\n{AMAZON},\n,,Total\n")

    assert [each.reasons[0].partition(".")[0] for each in found] == [
        "It has no order number",
        "It has no tracking number",
    ]


def test_numbers_excel_destroyed_are_refused_row_by_row(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON)

    found = matched(owner, f"1.13105E+16,{number(1)}\n1.13105E+16,{number(2)}\n{AMAZON},9.40E+21")

    assert [each.verdict.label for each in found] == ["Not shipped"] * 3
    assert found[2].reasons[0].startswith("Excel turned this number into 9.40E+21, and its last digits are lost.")


def test_the_same_number_twice_is_one_package(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON)

    found = only(owner, f"{AMAZON},{number()}\n11310482002345678,{number().lower()}")

    assert (found.verdict.label, len(found.packages), found.said.place) == ("Ready", 1, "rows 2, 3")


# -- Packages and what is in them --------------------------------------------------------------------------------------
def test_as_many_packages_as_units_hold_one_each(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse(AMAZON, lines={"MUG-BLUE": 2})
    line = order.lines.get()

    found = only(owner, f"{AMAZON},{number(1)}\n{AMAZON},{number(2)}")

    assert (found.verdict.label, [each.units for each in found.packages]) == ("Ready", [{line.pk: 1}, {line.pk: 1}])


def test_skus_and_units_say_what_is_in_each_package(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse(AMAZON, lines={"MUG-BLUE": 3, "MUG-LID": 2})
    mug, lid = order.lines.order_by("pk")
    rows = f"{AMAZON},{number(1)},,,MUG-BLUE,3\n{AMAZON},{number(2)},,,mug-lid,1\n{AMAZON},{number(2)},,,MUG-LID,1"

    found = only(owner, rows)

    assert (found.verdict.label, [each.units for each in found.packages]) == ("Ready", [{mug.pk: 3}, {lid.pk: 2}])


def test_packages_of_unknown_contents_are_completed_by_a_person(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON, lines={"MUG-BLUE": 3, "MUG-LID": 2})

    found = only(owner, f"{AMAZON},{number(1)}\n{AMAZON},{number(2)}")

    assert said(found) == ("Incomplete", ["The sheet doesn't say what is in each of its 2 packages."])


@pytest.mark.parametrize(
    ("sku", "units", "why"),
    [
        ("HAT", "1", "No units of “HAT” are still open in this order."),
        ("MUG-BLUE", "9", "9 of MUG-BLUE is more than the 1 still open."),
        ("MUG-BLUE", "some", "“some” is not a number of units."),
    ],
)
def test_contents_that_cannot_be_are_said(
    owner: Client, at_warehouse: AtWarehouse, sku: str, units: str, why: str
) -> None:
    at_warehouse(AMAZON)

    found = only(owner, f"{AMAZON},{number()},,,{sku},{units}")

    assert found.verdict.label in ("Incomplete", "Not shipped")
    assert found.reasons == [why]


def test_one_number_in_two_spellings_is_one_package(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON)
    spellings = ["9205 5901 4107 9401 0000 09", "420902109205590141079401000009"]

    found = only(owner, "".join(f"{AMAZON},{each},USPS,Post\n" for each in spellings))

    assert len(found.packages) == 1


def test_more_packages_than_ship_and_close_takes_are_refused(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON, lines={"MUG-BLUE": 21})

    found = only(owner, "".join(f"{AMAZON},{number(place)}\n" for place in range(21)))

    assert found.verdict.label == "Not shipped"
    assert found.reasons[0].startswith("It has more than 20 packages.")


def test_a_service_too_long_to_be_kept_is_said_and_not_cut_off(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON)

    assert only(owner, f"{AMAZON},{number()},UPS,{'x' * 61}").reasons == [
        "The service “xxxxxxxxxxxxxxxxxxxx…” is longer than 60 characters. Shorten it."
    ]


# -- What it goes by ---------------------------------------------------------------------------------------------------
@pytest.fixture
def methods(method: ShipMethod) -> dict[str, ShipMethod]:
    """UPS Ground, by which every order was handed over, and others of the same warehouse."""
    others = [
        ("UPS Next Day Air", "UPS", "UPSN", "Next Day Air"),
        ("FedEx Home", "FedEx", "FDEG", "Home Delivery"),
        ("Post", "USPS", "USPS", "Ground Advantage"),
    ]
    made = [
        ShipMethodFactory(warehouse=method.warehouse, label=label, carrier=carrier, scac=scac, service=service)
        for label, carrier, scac, service in others
    ]
    return {each.label: each for each in [method, *made]}


@pytest.mark.parametrize(
    ("carrier", "service", "label"),
    [
        ("", "", "UPS Ground"),  # as it was handed over
        ("UPS", "", "UPS Ground"),
        ("UPSN", "", "UPS Ground"),
        ("United Parcel Service", "next day air", "UPS Next Day Air"),
        ("", "UPS Next Day Air", "UPS Next Day Air"),
        ("", "Next Day Air", "UPS Next Day Air"),
        ("UPS Next Day Air", "", "UPS Next Day Air"),
        ("Fed Ex", "HOME DELIVERY", "FedEx Home"),
        ("FedEx", "", "FedEx Home"),  # its only one
        ("usps", "Post", "Post"),
    ],
)
def test_words_of_the_sheet_are_our_ship_methods(
    owner: Client, at_warehouse: AtWarehouse, methods: dict[str, ShipMethod], carrier: str, service: str, label: str
) -> None:
    at_warehouse(AMAZON)

    found = only(owner, f"{AMAZON},{number()},{carrier},{service}")

    assert found.packages[0].by.method == methods[label]


def test_a_service_nobody_knows_goes_as_it_is_written(
    owner: Client, at_warehouse: AtWarehouse, methods: dict[str, ShipMethod]
) -> None:
    at_warehouse(AMAZON)

    by = only(owner, f"{AMAZON},{number()},ups,Worldwide Saver").packages[0].by

    assert (by.method, by.carrier, by.scac, by.service) == (None, "UPS", "UPSN", "Worldwide Saver")


def test_odd_tracking_is_warned_of_as_in_ship_and_close(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON)
    wrong = number()[:-1] + str((int(number()[-1]) + 1) % 10)

    found = only(owner, f"{AMAZON},{wrong}")

    assert said(found) == ("Check first", ["Its check digit is wrong for UPS. A digit was probably mistyped."])


def test_a_number_on_two_orders_is_warned_of(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON)
    at_warehouse("113-1048200-9999999")

    found = matched(owner, f"{AMAZON},{number()}\n113-1048200-9999999,{number()}")

    assert [each.verdict.label for each in found] == ["Ready", "Check first"]
    assert f"already used for {AMAZON}" in found[1].reasons[0]


# -- All of it ---------------------------------------------------------------------------------------------------------
def test_a_workbook_is_matched_like_what_is_pasted(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse(AMAZON)
    file = upload(workbook([["Order", "Tracking"], [AMAZON, number()]]), "tracking.xlsx")

    page = owner.post(URL, {"file": file}, follow=True)

    assert [each.order for each in page.context["shown"].matches] == [order]
    assert AMAZON in page.context["form"]["text"].value()


def test_many_rows_cost_no_more_statements_than_few(
    owner: Client, at_warehouse: AtWarehouse, cart: Cart, django_assert_num_queries: Any
) -> None:
    def sheet(first: int, count: int) -> str:
        orders: list[Order] = [at_warehouse(f"113-{place:07}-1") for place in range(first, first + count)]
        OrderFactory(cart=cart, number=f"114-{first:07}-1", status=OrderStatus.HELD)
        rows = [f"{order.number},{number(place)},UPS,Ground" for place, order in enumerate(orders, start=first)]
        rows += [f"114-{first:07}-1,{number(first + 500)}", f"999-{first:07}-1,{number(first + 600)}"]
        return owner.post(URL, {"text": HEADS + "\n".join(rows)}).headers["Location"]

    few, many = sheet(1, 2), sheet(101, 12)
    for each in (few, many):  # what a sheet has left is counted when it is first looked at
        owner.get(each)
    with CaptureQueriesContext(connection) as queries:
        owner.get(few)

    with django_assert_num_queries(len(queries)):
        page = owner.get(many)

    assert len(page.context["shown"].ready) == 12
    assert Package.objects.count() == 0
