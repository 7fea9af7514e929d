"""Bringing a sheet, coming back to it, shipping it: nothing that was pasted is thrown away."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.common import clock
from orders.models import OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Package, ShipMethod, TrackingSheet
from shipping.tracking_import import kept_sheets
from shipping.tracking_import.kept_sheets import SheetContent
from tests.factories import OrderFactory, ShipMethodFactory
from tests.order_pages import AtWarehouse, ClientFor
from tests.shipping.tracking_import.test_matches import mended
from tests.tracking_sheets import URL, make_sheet, upload

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
HEADS = "Order,Tracking,Carrier,Service\n"
AMAZON = "113-1048200-2345678"


def number(place: int = 1) -> str:
    return ups_number("999AA1", place)


# -- Bringing it -------------------------------------------------------------------------------------------------------
def test_an_empty_form_asks_for_a_sheet(owner: Client) -> None:
    page = owner.post(URL, {"text": " \n"})

    assert page.status_code == 422
    assert "Paste the rows of your sheet, or choose a file." in page.content.decode()


def test_what_is_refused_stands_in_the_form_again(owner: Client) -> None:
    text = "1,2\n" * 10_001

    pasted = owner.post(URL, {"text": text})
    uploaded = owner.post(URL, {"file": upload(text.encode())})

    for page in (pasted, uploaded):
        assert page.status_code == 422
        assert "It has more than 10,000 rows. Split it into several sheets." in page.content.decode()
        assert page.context["form"]["text"].value() == text
    assert not TrackingSheet.objects.exists()


def test_a_file_nobody_can_read_leaves_the_pasted_text(owner: Client) -> None:
    page = owner.post(URL, {"text": "kept", "file": upload(b"%PDF-1.7", "list.pdf")})

    assert "This is a PDF." in page.content.decode()
    assert page.context["form"]["text"].value() == "kept"


def test_columns_nobody_finds_are_chosen(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("A")
    page = owner.post(URL, {"text": f"x|A|{number()}\ny|B|{number(2)}"}, follow=True)
    address = page.redirect_chain[-1][0]
    assert "Which columns hold the order numbers and the tracking numbers?" in page.content.decode()
    assert [label for _, label in page.context["form"]["column_order"].field.choices] == [
        "Not in the sheet", "A · x", "B · A", f"C · {number()}"
    ]  # fmt: skip

    page = owner.post(address, mended(page, column_order="1"), follow=True)

    assert [each.order for each in page.context["shown"].matches] == [order, None]


def test_a_sheet_is_put_right_in_its_text(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON)
    page = owner.post(URL, {"text": f"{HEADS}113-1048200-0,{number()}"}, follow=True)
    assert [each.verdict.label for each in page.context["shown"].matches] == ["Not shipped"]

    page = owner.post(page.redirect_chain[-1][0], mended(page, text=f"{HEADS}{AMAZON},{number()}"), follow=True)

    assert [each.verdict.label for each in page.context["shown"].matches] == ["Ready"]


def test_a_missing_number_is_typed_into_its_row_and_a_carrier_read_otherwise_is_named(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    orders = [at_warehouse(AMAZON), at_warehouse("113-1048200-2345679")]
    rows = f"{HEADS}{AMAZON},,UPSS,Ground\n113-1048200-2345679,9.40E+21,UPS,Ground"
    page = owner.post(URL, {"text": rows}, follow=True)
    address = page.redirect_chain[-1][0]
    assert [each.verdict.label for each in page.context["shown"].matches] == ["Not shipped", "Not shipped"]
    assert "Tracking number of row 2" in page.content.decode()

    typed = {"number_2": f" {number()} ", "number_3": number(2)}
    page = owner.post(address, mended(page, **typed), follow=True)

    shown = page.content.decode()
    assert [(each.order, each.verdict.label) for each in page.context["shown"].matches] == [
        (order, "Ready") for order in orders
    ]
    assert "Carriers read otherwise than written: <strong>“UPSS” as UPS</strong>" in shown
    assert "“UPS” as" not in shown

    page = owner.post(address, mended(page, text=f"{rows}\n"), follow=True)
    assert page.context["shown"].left == 2, "the same rows keep what was typed for them"
    assert len(page.context["shown"].ready) == 2
    page = owner.post(address, mended(page, text=f"{HEADS}x\n{rows}"), follow=True)
    assert not page.context["shown"].ready, "in another text rows stand elsewhere"


def test_other_heads_end_what_was_chosen_for_the_columns(owner: Client, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON)
    page = owner.post(URL, {"text": f"Note,Order,Tracking\n{AMAZON},x,{number()}"}, follow=True)
    address = page.redirect_chain[-1][0]
    page = owner.post(address, mended(page, column_order="0"), follow=True)
    assert page.context["shown"].ready

    page = owner.post(address, mended(page, text=f"Tracking,Order\n{number()},{AMAZON}"), follow=True)

    assert page.context["shown"].ready


# -- Coming back to it -------------------------------------------------------------------------------------------------
def test_a_sheet_is_there_again_and_shipped_orders_need_nothing(
    owner: Client, at_warehouse: AtWarehouse, acme: Organization
) -> None:
    sheet = make_sheet(acme, f"{HEADS}{AMAZON},{number()}")

    page = owner.get(URL)

    assert sheet.get_absolute_url() in page.content.decode()
    assert owner.get(sheet.get_absolute_url()).context["form"]["text"].value() == f"{HEADS}{AMAZON},{number()}"


def test_nothing_of_a_sheet_is_kept_in_the_open_or_logged(
    owner: Client, at_warehouse: AtWarehouse, caplog: pytest.LogCaptureFixture
) -> None:
    at_warehouse(AMAZON)
    with caplog.at_level(logging.DEBUG):
        owner.post(URL, {"text": f"{HEADS}{AMAZON},{number()}"}, follow=True)

    sheet = TrackingSheet.objects.get()
    assert number().encode() not in bytes(sheet.sealed)
    assert number() not in caplog.text


def test_a_sheet_no_key_opens_any_more_says_so(owner: Client, acme: Organization) -> None:
    sheet = make_sheet(acme)
    TrackingSheet.objects.filter(pk=sheet.pk).update(sealed=b"damaged")

    page = owner.get(sheet.get_absolute_url(), follow=True)

    assert page.redirect_chain == [(URL, 302)]
    assert "This sheet can&#x27;t be opened any more. Import it again." in page.content.decode()


def test_a_sheet_is_deleted(owner: Client, acme: Organization) -> None:
    sheet = make_sheet(acme)

    owner.post(f"{sheet.get_absolute_url()}remove/")

    assert not TrackingSheet.objects.exists()
    sheet.count(size=3, left=1)  # by whoever looked at it meanwhile


def test_who_may_ship_may_import(client_for: ClientFor, acme: Organization) -> None:
    sheet = make_sheet(acme)

    assert client_for(Role.STAFF).get(sheet.get_absolute_url()).status_code == 200
    assert client_for(Role.VIEWER).get(sheet.get_absolute_url()).status_code == 403


# -- Shipping it -------------------------------------------------------------------------------------------------------
def shipped(client: Client, sheet: TrackingSheet) -> Any:
    """Press the button of a sheet's page."""
    seen = client.get(sheet.get_absolute_url()).context["shown"].seen
    return client.post(f"{sheet.get_absolute_url()}ship/", {"seen": seen}, follow=True)


def test_what_is_ready_ships_and_the_rest_stays(
    owner: Client, at_warehouse: AtWarehouse, acme: Organization, cart: Cart
) -> None:
    first, second = at_warehouse(AMAZON, lines={"MUG-BLUE": 2}), at_warehouse("113-1048200-9999999")
    held = OrderFactory(cart=cart, number="113-0000000-0000000", status=OrderStatus.HELD)
    odd = at_warehouse("113-1048200-8888888")
    rows = f"{AMAZON},{number(1)}\n{AMAZON},{number(4)}\n{held.number},{number(3)}\n{odd.number},1Z-ODD\n"
    sheet = make_sheet(acme, f"{HEADS}{rows}113-1048200-9999999,{number(2)}")

    page = shipped(owner, sheet)

    assert page.status_code == 200
    assert "2 of 4 orders not shipped" in owner.get(URL).content.decode()
    packages = Package.objects.order_by("pk").values_list("order", "tracking_number", "carrier", "service")
    assert list(packages) == [
        (first.pk, number(1), "UPS", "Ground"),
        (first.pk, number(4), "UPS", "Ground"),
        (second.pk, number(2), "UPS", "Ground"),
    ]
    again = owner.get(sheet.get_absolute_url()).context["shown"]
    assert [each.verdict.label for each in again.matches] == [
        "Already shipped", "Not shipped", "Check first", "Already shipped"
    ]  # fmt: skip


def test_what_is_odd_opens_in_ship_and_close(
    owner: Client, at_warehouse: AtWarehouse, acme: Organization, method: ShipMethod
) -> None:
    other = ShipMethodFactory(
        warehouse=method.warehouse, label="FedEx Home", carrier="FedEx", scac="FDEG", service="Home Delivery"
    )
    first, second = at_warehouse(AMAZON), at_warehouse("113-1048200-9999999")
    rows = f"113-1048200-9999999,ODD-1,FedEx,Home Delivery\n{AMAZON},ODD-2,UPS,Worldwide Saver"
    sheet = make_sheet(acme, HEADS + rows)

    page = owner.post(f"{sheet.get_absolute_url()}ship/", {"what": "open"}, follow=True)

    packages = [row.packages[0] for row in page.context["dialog"].rows]
    assert [each.order for each in packages] == [second, first]
    assert [each["tracking"].value() for each in packages] == ["ODD-1", "ODD-2"]
    assert [each["method"].value() for each in packages] == [str(other.pk), None]
    assert packages[1]["service"].value() == "Worldwide Saver"
    assert not Package.objects.exists()


def test_packages_of_unknown_contents_open_to_be_filled_in(
    owner: Client, at_warehouse: AtWarehouse, acme: Organization
) -> None:
    at_warehouse(AMAZON, lines={"MUG-BLUE": 2, "MUG-LID": 1})
    sheet = make_sheet(acme, f"{HEADS}{AMAZON},{number(1)}\n{AMAZON},{number(2)}")

    page = owner.post(f"{sheet.get_absolute_url()}ship/", {"what": "open"}, follow=True)

    [row] = page.context["dialog"].rows
    assert [each["tracking"].value() for each in row.packages] == [number(1), number(2)]


def test_nothing_ships_that_the_page_did_not_show(owner: Client, at_warehouse: AtWarehouse, acme: Organization) -> None:
    at_warehouse(AMAZON)
    sheet = make_sheet(acme, f"{HEADS}{AMAZON},{number(1)}")
    seen = owner.get(sheet.get_absolute_url()).context["shown"].seen
    kept_sheets.write(sheet, SheetContent(f"{HEADS}{AMAZON},{number(2)}"))  # in another tab

    page = owner.post(f"{sheet.get_absolute_url()}ship/", {"seen": seen}, follow=True)

    assert "Something changed after this page was shown, so nothing was shipped." in page.content.decode()
    assert not Package.objects.exists()


def test_pressing_twice_ships_once(owner: Client, at_warehouse: AtWarehouse, acme: Organization) -> None:
    at_warehouse(AMAZON)
    sheet = make_sheet(acme, f"{HEADS}{AMAZON},{number()}")
    seen = owner.get(sheet.get_absolute_url()).context["shown"].seen

    owner.post(f"{sheet.get_absolute_url()}ship/", {"seen": seen})
    page = owner.post(f"{sheet.get_absolute_url()}ship/", {"seen": seen}, follow=True)

    assert Package.objects.count() == 1
    assert "There is nothing to ship in this sheet now." in page.content.decode()


def test_the_ship_date_is_the_sheets(owner: Client, acme: Organization, at_warehouse: AtWarehouse) -> None:
    at_warehouse(AMAZON, placed_at=clock.now() - timedelta(days=3))
    page = owner.post(URL, {"text": f"{HEADS}{AMAZON},{number()}"}, follow=True)
    yesterday = clock.now().astimezone(acme.zone).date() - timedelta(days=1)
    owner.post(page.redirect_chain[-1][0], mended(page, shipped_on=yesterday.isoformat()), follow=True)

    shipped(owner, TrackingSheet.objects.get())

    assert Package.objects.get().shipment.shipped_at.astimezone(acme.zone).date() == yesterday
