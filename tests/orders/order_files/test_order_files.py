"""A client's files of orders, through the pages: columns said once, orders taken once, bad rows kept and sent again."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from core.alerts.models import Alert
from core.common import clock
from core.files.models import KeptFile, KeptRows
from orders.alerts import ROWS_KEPT
from orders.models import Order, OrderStatus
from shipping.close import ship_and_close
from shipping.close.ship_and_close import Closing
from shipping.delivery import releases
from shipping.routing import make_portal_warehouse
from shipping.shipments.shipped_packages import Parcel
from tests.factories import CartFactory, make_person

pytestmark = pytest.mark.django_db

HEADS = "Order number;SKU;Qty;Recipient;Street;PLZ;Ort;Land;Order date;Price"
ANNA = "Anna Müller;Lindenweg 4;10115;Berlin;DE"
GOOD = f"{HEADS}\n W-1 ;MUG;2;{ANNA};28.11.2026;9,50\nW-1;LID;1;;;;;;;\nW-2;MUG;1;{ANNA};28.11.2026;9,50\n"


@pytest.fixture
def cart(acme: Organization) -> Cart:
    make_portal_warehouse(acme)
    return CartFactory(kind="csv", place_id="csv", grant=None, merchant__organization=acme, organization=acme)


def bring(client: Client, cart: Cart, content: str | bytes, name: str = "orders.csv") -> Any:
    """Send a file, and return the page it leads to."""
    data = content.encode() if isinstance(content, str) else content
    address = reverse("orders:order_files", args=[cart.pk])
    return client.post(address, {"file": SimpleUploadedFile(name, data)}, follow=True)


def say(client: Client, page: Any, do: str = "take", **said: str) -> Any:
    """Send the form of the columns as it stands, with what is said otherwise."""
    form = page.context["form"]
    stands = {name: str(form[name].value() or "") for name in form.fields if form[name].value() not in (None, False)}
    return client.post(page.request["PATH_INFO"], {**stands, "do": do, **said}, follow=True)


def numbers(cart: Cart) -> list[str]:
    return list(Order.objects.filter(cart=cart).order_by("number").values_list("number", flat=True))


def ship(cart: Cart) -> None:
    releases.release_orders(now=clock.now())
    closings = [
        Closing(order, [Parcel("UPS", "UPSN", "Ground", f"1Z999AA1000000000{place}")], clock.now())
        for place, order in enumerate(Order.objects.filter(cart=cart).select_related("cart").order_by("number"))
    ]
    ship_and_close.ship_and_close(closings, by=make_person(cart.organization), now=clock.now())


def test_a_file_becomes_orders_that_ship_and_their_tracking_goes_out_as_a_file(owner: Client, cart: Cart) -> None:
    page = bring(owner, cart, GOOD.encode("cp1252"))
    assert "Take 2 orders" in page.content.decode()
    assert "Anna Müller" in page.content.decode()
    assert numbers(cart) == []

    page = say(owner, page)

    assert "2 orders were taken." in page.content.decode()
    first, second = Order.objects.filter(cart=cart).order_by("number")
    assert (first.number, first.status, first.line_count, first.unit_count) == ("W-1", OrderStatus.NEW, 2, 3)
    assert first.placed_at.date().isoformat() == "2026-11-28"
    assert first.lines.get(sku="MUG").unit_price == Decimal("9.50")
    address, _ = second.recipient.open()
    assert address is not None
    assert (address.name, address.line1, address.country) == ("Anna Müller", "Lindenweg 4", "DE")

    ship(cart)
    tracking = reverse("shipping:tracking_files", args=[cart.pk])
    page = owner.post(tracking, follow=True)
    assert "2 packages are in the new file." in page.content.decode()
    file = KeptFile.objects.get(is_ours=True)
    text = owner.get(reverse("shipping:tracking_file", args=[cart.pk, file.pk])).content.decode()
    assert text.splitlines()[0] == "order_number,tracking_number,carrier,scac,service,shipped_on,sku,units"
    rows = [line.split(",") for line in text.splitlines()[1:]]
    assert [(row[0], row[-2]) for row in rows] == [("W-1", "MUG"), ("W-1", "LID"), ("W-2", "MUG")]
    first.refresh_from_db()
    assert first.status == OrderStatus.CONFIRMED
    assert "Nothing was shipped since" in owner.post(tracking, follow=True).content.decode()
    assert owner.get(reverse("shipping:tracking_file", args=[cart.pk, file.pk])).content.decode() == text


def test_the_same_file_and_the_same_orders_do_nothing_again(owner: Client, cart: Cart) -> None:
    say(owner, bring(owner, cart, GOOD))

    again = bring(owner, cart, GOOD, name="renamed.csv")
    assert "This file came before" in again.content.decode()
    assert KeptFile.objects.count() == 1

    other = GOOD.replace("W-2;MUG;1", "W-2;MUG;7") + f"W-3;MUG;1;{ANNA};28.11.2026;9,50\n"
    page = bring(owner, cart, other)  # its columns are known by now: taken at once

    assert numbers(cart) == ["W-1", "W-2", "W-3"]
    assert Order.objects.get(cart=cart, number="W-2").unit_count == 1
    assert page.context["counts"]["known"] == 1
    assert page.context["counts"]["otherwise_numbers"] == ["W-2"]
    assert "a file changes no order" in page.content.decode()


def test_a_bad_row_is_named_and_kept_until_it_is_sent_again(owner: Client, cart: Cart) -> None:
    bad = (
        f"{HEADS}\n"
        f"W-1;MUG;two;{ANNA};28.11.2026;\nW-1;LID;1;;;;;;;\n"
        f";MUG;1;{ANNA};;\n"
        f"W-3;MUG;1;Bo;Street 1;;Atlantis;Nowhere;31.02.2026;1.234\n"
        f"W-4;MUG;1;{ANNA};;\nW-4;MUG;1;{ANNA};;\n"
        f"W-5;MUG;1;{ANNA};;\nW-5;LID;1;Bea Other;;;;;;\n"
        f"4.2E+11;MUG;1;{ANNA};;\n"
        f"W-7;MUG;1;{ANNA};;\n"
    )
    page = say(owner, bring(owner, cart, bad))

    assert numbers(cart) == ["W-7"]
    why = {rows.key: rows.why for rows in KeptRows.objects.filter(settled_at=None)}
    assert why["W-1"] == "Row 2: Units “two” is no whole number from 1 to 999,999."
    assert "Row 4: It has no order number." in why[""]
    for said in ("31.02.2026” is no date", "1.234” may be thousands", "Country “Nowhere” is none"):
        assert said in why["W-3"]
    assert why["W-4"] == "Rows 6 and 7 are the same. Put the units into one row."
    assert why["W-5"] == "Row 9 has another recipient's name than row 8."
    assert "Excel turned this number into" in why["4.2E+11"]
    assert Alert.objects.filter(cause=ROWS_KEPT, closed_at=None).count() == 1

    kept = owner.get(reverse("orders:kept_rows", args=[cart.pk, page.context["file"].pk])).content.decode("utf-8-sig")
    assert kept.splitlines()[0] == HEADS.replace(";", ",") + ",Why it was not taken"
    assert len(kept.splitlines()) == 10

    bring(owner, cart, f"{HEADS}\nW-1;MUG;2;{ANNA};28.11.2026;\n")  # the bad row alone: with the good one of before
    order = Order.objects.get(cart=cart, number="W-1")
    assert sorted(order.lines.values_list("sku", "ordered")) == [("LID", 1), ("MUG", 2)]
    assert not KeptRows.objects.filter(settled_at=None, key="W-1").exists()

    mended = kept.replace(";", ",").replace("Bea Other", "Anna Müller")  # all others again, one of them put right
    bring(owner, cart, mended)
    assert numbers(cart) == ["W-1", "W-5", "W-7"]

    for rows in KeptRows.objects.filter(settled_at=None):
        owner.post(reverse("orders:set_aside_rows", args=[cart.pk, rows.file_id]), {"rows": rows.pk})
    assert not Alert.objects.filter(cause=ROWS_KEPT, closed_at=None).exists()


def test_columns_nobody_guesses_are_said_once(owner: Client, cart: Cart) -> None:
    strange = "Ref X,Thing,N,Who,Where,Place\nA-1,MUG,3,Ida Berg,12 Quay Street,Reno\n"
    page = bring(owner, cart, strange)
    assert "Say which columns these are" in page.content.decode()
    columns = {"number": 0, "sku": 1, "units": 2, "name": 3, "line1": 4, "city": 5}
    said = {f"column_{name}": str(place) for name, place in columns.items()}

    page = say(owner, page, "look", has_heads="on", country="US", **said)
    assert "Take 1 order" in page.content.decode()
    assert numbers(cart) == []
    say(owner, page)
    bring(owner, cart, "Thing,Ref X,N,Who,Where,Place\nLID,A-2,1,Ida Berg,12 Quay Street,Reno\n")  # in another order

    assert numbers(cart) == ["A-1", "A-2"]
    assert Order.objects.get(cart=cart, number="A-2").lines.get().sku == "LID"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF."),
        (b"\n\n \n", "The file is empty."),
        (b"a,b\n" + b"x,y\n" * 10_001, "more than 10,000 rows"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(owner: Client, cart: Cart, content: bytes, why: str) -> None:
    page = bring(owner, cart, content)

    assert page.status_code == 422
    assert why in page.content.decode()
    assert KeptFile.objects.count() == 0


def test_a_paused_cart_takes_files_and_an_archived_one_says_so(owner: Client, cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.ARCHIVED)

    page = say(owner, bring(owner, cart, "\ufeff" + GOOD.replace(";", "\t")))

    assert "is archived: it takes no orders" in page.content.decode()
    assert numbers(cart) == []
    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.PAUSED)
    say(owner, owner.get(reverse("orders:order_file", args=[cart.pk, KeptFile.objects.get().pk])))
    assert numbers(cart) == ["W-1", "W-2"]


def test_more_files_and_rows_ask_no_more_questions(owner: Client, cart: Cart) -> None:
    address = reverse("orders:order_files", args=[cart.pk])
    say(owner, bring(owner, cart, f"{HEADS}\nX-0;;1;{ANNA};;\n"))
    with CaptureQueriesContext(connection) as few:
        owner.get(address)

    for place in range(1, 4):
        bring(owner, cart, f"{HEADS}\nX-{place};;1;{ANNA};;\nY-{place};;1;{ANNA};;\n")
    with CaptureQueriesContext(connection) as many:
        page = owner.get(address)

    assert len(page.context["apart"]) == 7
    assert len(many) == len(few)
