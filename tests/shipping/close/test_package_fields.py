"""Ship and Close: packages and quantities, columns, warnings."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from carts.models import Cart
from core.common import clock
from orders.models import Line, Order, OrderStatus
from shipping.close.fill_in import PACKAGES
from shipping.models import Package, PackageLine, Shipment, ShipMethod
from tests.factories import OrderFactory, PackageFactory
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, errors, number_of, said, sent_back

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def lines_of(order: Order) -> dict[str, Line]:
    return {line.sku: line for line in order.lines.all()}


def packed(order: Order) -> list[tuple[str, dict[str, int]]]:
    """Tracking number, and SKU: units, package by package."""
    packages = Package.objects.filter(order=order).order_by("number")
    return [(each.tracking_number, dict(each.lines.values_list("line__sku", "quantity"))) for each in packages]


# -- Packages --------------------------------------------------------------------------------------------------------
def test_an_order_goes_in_two_packages_and_the_last_takes_the_rest(owner: Client, at_warehouse: AtWarehouse) -> None:
    order, whole = at_warehouse("1", lines={"MUG": 3, "LID": 2}), at_warehouse("2")
    mug, second = lines_of(order)["MUG"], number_of(order, 2)

    one = owner.post(URL, said([order, whole], split=order.pk))
    two = owner.post(URL, sent_back(one) | {"split": order.pk})
    owner.post(URL, sent_back(two) | {f"units_{mug.pk}_{order.pk}": 1, f"tracking_{order.pk}_2": second})

    assert packed(order) == [(number_of(order), {"MUG": 1}), (second, {"MUG": 2, "LID": 2})]
    assert packed(whole) == [(number_of(whole), {"MUG-BLUE": 1})]
    assert Order.objects.filter(status=OrderStatus.SHIPPED).count() == 2


def test_what_is_not_said_stays_open_and_is_closed_later(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1", lines={"MUG": 12, "LID": 2})
    mug = lines_of(order)["MUG"]

    page = owner.post(URL, said([order], **{f"packages_{order.pk}": 1, f"units_{mug.pk}_{order.pk}": 2}), follow=True)

    order.refresh_from_db()
    assert (order.status, order.reason) == (OrderStatus.AT_WMS, "12 units still to be shipped")
    assert "Partly shipped. 12 units still to be shipped." in page.content.decode()
    assert b"Partly shipped" in page.content
    again = owner.get(URL, {"order": order.pk}).context["dialog"].rows[0]
    assert again.open_units == 12

    owner.post(URL, said([order], **{f"tracking_{order.pk}": number_of(order, 2)}))

    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert packed(order)[1][1] == {"MUG": 10, "LID": 2}


def test_a_package_may_go_by_another_carrier(owner: Client, at_warehouse: AtWarehouse) -> None:
    order, other = at_warehouse("1"), at_warehouse("2")
    by_fedex = {
        f"packages_{order.pk}": 1,
        f"carrier_{order.pk}": "FedEx",
        f"scac_{order.pk}": "FDEG",
        f"tracking_{order.pk}": "986578788855",
    }

    owner.post(URL, said([order, other], **by_fedex))

    assert set(Package.objects.values_list("order", "carrier", "scac", "service")) == {
        (order.pk, "FedEx", "FDEG", "Ground"),
        (other.pk, "UPS", "UPSN", "Ground"),
    }


def test_more_than_is_open_is_named_beside_the_line_and_nothing_is_shipped(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    order, good = at_warehouse("1", lines={"MUG": 3, "LID": 2}), at_warehouse("2")
    mug, lid = lines_of(order)["MUG"], lines_of(order)["LID"]
    wrong = {
        f"packages_{order.pk}": 2,
        f"units_{mug.pk}_{order.pk}": 2,
        f"units_{mug.pk}_{order.pk}_2": 2,
        f"units_{lid.pk}_{order.pk}_2": 2,
        f"tracking_{order.pk}_2": number_of(order, 2),
    }

    page = owner.post(URL, said([order, good], **wrong))

    assert errors(page) == {f"units_{mug.pk}_{order.pk}_2": ["2 of MUG is more than the 1 still open."]}
    assert not Shipment.objects.exists()


def test_an_empty_package_is_named(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1", lines={"MUG": 3})
    two = {f"packages_{order.pk}": 2, f"tracking_{order.pk}_2": number_of(order, 2)}

    nothing_first = owner.post(URL, said([order], **two))
    nothing_left = owner.post(URL, said([order], **two, **{f"units_{lines_of(order)['MUG'].pk}_{order.pk}": 3}))

    assert errors(nothing_first) == {f"tracking_{order.pk}": ["Enter what is in this package."]}
    assert errors(nothing_left) == {f"tracking_{order.pk}_2": ["Nothing is left for this package."]}
    assert not Shipment.objects.exists()


@pytest.mark.parametrize("units", ["-1", "1.5", "many", "9" * 30, "\0", "🦄"])
def test_units_that_are_none_are_refused(owner: Client, at_warehouse: AtWarehouse, units: str) -> None:
    order = at_warehouse("1")
    field = f"units_{order.lines.get().pk}_{order.pk}"

    page = owner.post(URL, said([order], **{f"packages_{order.pk}": 1, field: units}))

    assert list(errors(page)) == [field]
    assert not Shipment.objects.exists()


def test_a_package_is_taken_out_and_the_later_ones_move_up(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1", lines={"MUG": 3})
    mug = lines_of(order)["MUG"]
    three = {f"packages_{order.pk}": 3, f"tracking_{order.pk}_2": "SECOND", f"tracking_{order.pk}_3": "THIRD"}
    three |= {f"units_{mug.pk}_{order.pk}_3": 2, f"service_{order.pk}_2": "Air"}

    page = owner.post(URL, said([order], **three, join=f"{order.pk}-2"))

    first, second = page.context["dialog"].rows[0].packages
    assert [first["tracking"].value(), second["tracking"].value()] == [number_of(order), "THIRD"]
    assert (second[f"units_{mug.pk}"].value(), second["service"].value()) == ("2", None)
    assert (
        not owner.post(URL, said([order], **{f"packages_{order.pk}": 1}, join=f"{order.pk}-1"))
        .context["dialog"]
        .rows[0]
        .split
    )
    assert not Shipment.objects.exists()


def test_there_is_an_end_to_packages(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")

    page = owner.post(URL, said([order], **{f"packages_{order.pk}": PACKAGES}, split=order.pk))
    wild = owner.post(URL, said([order], **{f"packages_{order.pk}": "99999"}, check="1"))

    assert page.context["told"].startswith(f"An order can have up to {PACKAGES} packages")
    assert len(page.context["dialog"].rows[0].packages) == len(wild.context["dialog"].rows[0].packages) == PACKAGES


def test_a_button_for_an_order_that_is_not_in_the_dialog_does_nothing(owner: Client, at_warehouse: AtWarehouse) -> None:
    order, other = at_warehouse("1"), OrderFactory(status=OrderStatus.AT_WMS)

    for button in ({"split": other.pk}, {"join": f"{other.pk}-1"}, {"split": "x"}, {"join": "\0"}):
        assert owner.post(URL, said([order], **button)).status_code == 200
    assert not Shipment.objects.exists()


# -- A large order ---------------------------------------------------------------------------------------------------
def of_lines(order: Order, lines: int) -> Order:
    Line.objects.bulk_create(
        Line(
            organization=order.organization,
            merchant=order.merchant,
            order=order,
            reference=f"R{number}",
            sku=f"SKU {number}",
            title="A mug",
            ordered=2,
        )
        for number in range(lines)
    )
    order.line_count, order.unit_count = lines, 2 * lines
    order.save()
    return order


@pytest.fixture
def large(at_warehouse: AtWarehouse) -> Order:
    return of_lines(at_warehouse("1", lines={}), 1_000)


def test_an_order_of_ten_thousand_lines_opens_and_is_shipped_whole(
    owner: Client, at_warehouse: AtWarehouse, django_assert_max_num_queries: Any
) -> None:
    large = of_lines(at_warehouse("1", lines={}), 10_000)

    with django_assert_max_num_queries(20):
        page = owner.get(URL, {"order": large.pk})
    with django_assert_max_num_queries(20):
        apart = owner.post(URL, said([large], split=large.pk))
    owner.post(URL, said([large]))

    assert len(page.content) < 50_000
    assert len(apart.content) < 50_000
    large.refresh_from_db()
    assert large.status == OrderStatus.SHIPPED
    assert PackageLine.objects.filter(package__order=large, quantity=2).count() == 10_000


def test_of_a_large_order_it_is_written_what_is_in_a_package(owner: Client, large: Order) -> None:
    contents = {f"packages_{large.pk}": 1, f"contents_{large.pk}": "SKU 1 2\nSKU 22,1\n\n SKU 333\t2 "}

    owner.post(URL, said([large], **contents))

    assert packed(large) == [(number_of(large), {"SKU 1": 2, "SKU 22": 1, "SKU 333": 2})]
    large.refresh_from_db()
    assert large.reason == "1995 units still to be shipped"


def test_a_sku_that_begins_with_a_blank_can_be_written_down(owner: Client, large: Order) -> None:
    first = large.lines.get(sku="SKU 1")
    Line.objects.filter(pk=first.pk).update(sku=" SKU 1\u00a0")
    contents = {f"packages_{large.pk}": 1, f"contents_{large.pk}": "\ufeffSKU 1 2"}

    owner.post(URL, said([large], **contents))

    assert packed(large) == [(number_of(large), {" SKU 1\u00a0": 2})]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SKU 1 3", "3 of SKU 1 is more than the 2 still open."),
        ("SKU 1", "“SKU 1”"),
        (
            "<script>alert(1)</script>",
            "“<script>alert(1)</script>” is not a SKU and a number of units, like: MUG-BLUE 3",
        ),
        ("NOT-THERE 1", "No units of “NOT-THERE” are still open in this order."),
        ("SKU 1 0", "Enter what is in this package."),
        ("SKU 999 1", "“SKU 999” is left out of this order. Don't ship it."),
    ],
)
def test_contents_that_cannot_be_are_named(owner: Client, large: Order, text: str, why: str) -> None:
    large.lines.filter(sku="SKU 999").update(left_out=True)

    page = owner.post(URL, said([large], **{f"packages_{large.pk}": 1, f"contents_{large.pk}": text}))

    (found,) = errors(page).values()
    assert why in found[0] or text == "SKU 1"
    assert b"<script>alert" not in page.content
    assert not Shipment.objects.exists()


# -- A column --------------------------------------------------------------------------------------------------------
def test_a_pasted_column_fills_the_rows_in_their_order(owner: Client, at_warehouse: AtWarehouse) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")
    column = f" {number_of(two)}\r\n{number_of(one)} \r\n\r\n"

    page = owner.post(URL, said([two, one], column=column, spread="1"))

    rows = page.context["dialog"].rows
    assert [row.packages[0]["tracking"].value() for row in rows] == [number_of(two), number_of(one)]
    assert not Shipment.objects.exists()


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("A\nB\nC", "There are 3 lines for 2 tracking numbers. Nothing was filled in."),
        ("A", "There is 1 line for 2 tracking numbers. Nothing was filled in."),
        (" \n", "Paste the tracking numbers first, one per line."),
    ],
)
def test_a_column_that_does_not_fit_fills_nothing(
    owner: Client, at_warehouse: AtWarehouse, column: str, why: str
) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")

    page = owner.post(URL, said([one, two], column=column, spread="1"))

    assert why in page.content.decode()
    assert page.context["dialog"].rows[0].packages[0]["tracking"].value() == number_of(one)


# -- Warnings --------------------------------------------------------------------------------------------------------
def test_an_odd_tracking_number_is_shipped_once_somebody_says_so(owner: Client, at_warehouse: AtWarehouse) -> None:
    order, good = at_warehouse("1"), at_warehouse("2")
    form = said([order, good], **{f"tracking_{order.pk}": "1Z5R89390357567128"})

    page = owner.post(URL, form)

    assert not Shipment.objects.exists()
    assert "Its check digit is wrong for UPS" in page.content.decode()
    assert [warning.order for warning in page.context["dialog"].warnings] == [order]

    owner.post(URL, form | {"anyway": page.context["dialog"].warned})

    assert Shipment.objects.count() == 2


def test_saying_so_holds_for_what_was_shown_only(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")
    shown = owner.post(URL, said([order], **{f"tracking_{order.pk}": "ODD-1"})).context["dialog"].warned
    other = at_warehouse("2")

    page = owner.post(
        URL, said([order, other], anyway=shown, **{f"tracking_{order.pk}": "ODD-1", f"tracking_{other.pk}": "ODD-2"})
    )

    assert len(page.context["dialog"].warnings) == 2
    assert not Shipment.objects.exists()


def test_an_error_is_not_shipped_anyway(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")
    form = said([order], service="", **{f"tracking_{order.pk}": "ODD-1"})
    warned = owner.post(URL, form).context["dialog"].warned

    assert errors(owner.post(URL, form | {"anyway": warned})) == {"service": ["The service is missing."]}
    assert not Shipment.objects.exists()


@pytest.mark.parametrize(("days", "asked"), [(119, True), (121, False)])
def test_a_tracking_number_of_another_order_is_asked_about_for_some_months(
    owner: Client, at_warehouse: AtWarehouse, cart: Cart, days: int, asked: bool
) -> None:
    order = at_warehouse("1")
    before = PackageFactory(
        shipment__order=OrderFactory(cart=cart, number="OLD-ONE"),
        shipment__created_at=clock.now() - timedelta(days=days),
        tracking_number=number_of(order),
    )

    page = owner.post(URL, said([order]))

    assert Shipment.objects.exclude(pk=before.shipment_id).exists() is not asked
    if asked:
        assert b"Order OLD-ONE was shipped with this tracking number." in page.content


def test_a_tracking_number_of_another_organization_is_not_told(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")
    PackageFactory(tracking_number=number_of(order))

    assert owner.post(URL, said([order])).status_code == 302


# -- Checking, and what came of it -----------------------------------------------------------------------------------
def test_checking_says_that_all_is_right_and_ships_nothing(owner: Client, at_warehouse: AtWarehouse) -> None:
    page = owner.post(URL, said([at_warehouse("1")], check="1"))

    assert b"Everything is correct." in page.content
    assert not Shipment.objects.exists()


def test_each_order_has_its_line_of_what_came_of_it(
    owner: Client, at_warehouse: AtWarehouse, monkeypatch: pytest.MonkeyPatch, method: ShipMethod
) -> None:
    good, late = at_warehouse("1"), at_warehouse("2")
    form = said([good, late])
    refused = owner.post(URL, form)
    assert refused.status_code == 302
    Order.objects.filter(pk=late.pk).update(status=OrderStatus.CANCELED)

    page = owner.post(URL, form, follow=True)

    text = page.content.decode()
    assert text.count("This was already shipped.") == 2
    assert Shipment.objects.count() == 2


def test_the_lines_are_gone_for_another_organization(
    owner: Client, stranger: Client, at_warehouse: AtWarehouse
) -> None:
    order = at_warehouse("1")
    owner.post(URL, said([order]))

    assert owner.get("/shipping/closed/", follow=True).context["shipped"] == 1
    assert stranger.get("/shipping/closed/")["location"] == "/orders/"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "🦄 أهلاً", "a\0b", "'\";--", "‮gnp.exe"])
def test_strange_texts_do_no_harm_in_any_field(owner: Client, at_warehouse: AtWarehouse, text: str) -> None:
    order = at_warehouse("1", lines={"MUG": 2})
    names = ("carrier", "scac", "service", "shipped_on", "method", "filled_by", "column", "charges", "charges_seen")
    own = ("tracking", "carrier", "scac", "service")
    strange: dict[str, Any] = dict.fromkeys(names, text) | {f"{name}_{order.pk}": text for name in own}
    strange |= {f"packages_{order.pk}": 1, f"units_{order.lines.get().pk}_{order.pk}": text}
    strange |= {f"charge_{name}_1": text for name in ("label", "amount", "currency", "how")}

    for button in ({}, {"check": text}, {"spread": text}, {"add_charge": text}, {"reckon": text}, {"anyway": text}):
        page = owner.post(URL, said([order]) | strange | button)
        assert page.status_code == 200
        assert b"<script>alert" not in page.content
    assert not Shipment.objects.exists()
