"""Packing slips and pick lists."""

import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from carts.marketplaces.values import Address
from core.accounts.access import Role
from core.accounts.models import Merchant
from core.activity.models import Event
from core.common import clock
from orders.models import Order
from tests.factories import CartFactory, MerchantFactory, OrderFactory
from tests.order_pages import AtWarehouse, ClientFor
from tests.world import World

URL = reverse("shipping:paper")
GREEK, JAPANESE, ARABIC, THAI = "Ελένη", "山田太郎", "محمد", "สมชาย"

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
Printed = Callable[..., str]


@pytest.fixture
def printed(owner: Client) -> Printed:
    """Presses a button of the page, and returns what is to read on the paper."""

    def press(*orders: Order, browser: Client = owner, **fields: str) -> str:
        answer = browser.post(URL, {"order": [order.pk for order in orders], "what": "slips", **fields})
        assert answer.status_code == 200
        if answer["Content-Type"] != "application/pdf":
            return answer.content.decode()
        pages = PdfReader(io.BytesIO(answer.content)).pages
        return "\n".join(page.extract_text() for page in pages)

    return press


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_a_slip_says_what_goes_into_the_parcel_and_to_whom(
    printed: Printed, at_warehouse: AtWarehouse, form: str
) -> None:
    order = at_warehouse("113-1", lines={"MUG-BLUE": 2, "MUG-LID": 1}, recipient__purchase_order="PO-4711")

    text = printed(order, **{"as": form})

    for expected in ("Blue Mug Co", "113-1", "Jane Doe", "Reno", "MUG-BLUE", "MUG-LID", "UPS Ground", "PO-4711"):
        assert expected in text
    assert "9.99" not in text


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_prices_stand_on_it_only_when_asked_for(printed: Printed, at_warehouse: AtWarehouse, form: str) -> None:
    order = at_warehouse("113-1", lines={"MUG-BLUE": 3})
    order.lines.update(unit_price=Decimal("7.25"), currency="USD")

    assert "$21.75" not in printed(order, **{"as": form})
    assert "$21.75" in printed(order, prices="1", **{"as": form})


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_each_order_has_a_sheet_of_its_own(
    printed: Printed, at_warehouse: AtWarehouse, owner: Client, form: str
) -> None:
    orders = [at_warehouse(f"113-{number}") for number in (3, 1, 2)]

    text = printed(*orders, **{"as": form})

    places = [text.rindex(order.number) for order in orders]
    assert places == sorted(places)
    if form == "pdf":
        answer = owner.post(URL, {"order": [order.pk for order in orders], "what": "slips", "as": "pdf"})
        assert len(PdfReader(io.BytesIO(answer.content)).pages) == 3


def test_a_gift_message_is_on_the_slip(world: World) -> None:
    lines = [{"sku": "MUG-BLUE-11", "gift_message": "Happy birthday, Ana", "gift_wrap": "Premium wrap"}]
    order = world.at_warehouse(lines=lines)
    browser = Client()
    browser.force_login(world.person)

    for form in ("html", "pdf"):
        answer = browser.post(URL, {"order": order.pk, "what": "slips", "as": form})
        text = (
            answer.content.decode() if form == "html" else PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        )
        assert "Happy birthday, Ana" in text
        assert "Premium wrap" in text


def test_only_what_is_still_to_be_packed_is_on_the_slip(
    printed: Printed, at_warehouse: AtWarehouse, owner: Client
) -> None:
    order = at_warehouse("113-1", lines={"MUG-BLUE": 2, "MUG-LID": 1, "SAUCER": 1})
    order.lines.filter(sku="MUG-BLUE").update(canceled=2)
    order.lines.filter(sku="SAUCER").update(left_out=True)

    text = printed(order)

    assert "MUG-LID" in text
    assert "MUG-BLUE" not in text
    assert "SAUCER" not in text


@pytest.mark.parametrize("name", [GREEK, JAPANESE, ARABIC])
def test_a_pdf_draws_names_of_many_scripts(printed: Printed, at_warehouse: AtWarehouse, name: str) -> None:
    order = at_warehouse("113-1", recipient=Address(name=name, line1="1 Main St", city="Reno", country="US"))

    text = printed(order, **{"as": "pdf"})

    assert sorted(name) == sorted(set(name) & set(text)) or set(name) <= set(text)


def test_what_no_font_can_draw_is_refused_with_the_way_out(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("113-1", recipient=Address(name=THAI, line1="1 Main St", city="Reno", country="US"))
    said = {"order": order.pk, "what": "slips"}

    refused = owner.post(URL, {**said, "as": "pdf"})
    shown = owner.post(URL, {**said, "as": "html"})

    assert refused.status_code == 422
    assert "113-1" in refused.content.decode()
    assert "Use Show to print" in refused.content.decode()
    assert THAI in shown.content.decode()


def test_a_sign_no_font_has_is_a_box_where_nobody_delivers_by_it(printed: Printed, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("113-1")
    Merchant.objects.filter(pk=order.merchant_id).update(name="Cake 🎂 Co")

    slip, picks = (printed(order, what=what, **{"as": "pdf"}) for what in ("slips", "picks"))

    for text in (slip, picks):
        assert "Cake □ Co" in text
        assert "stands for signs this PDF's fonts don't have" in text
    assert clock.now().strftime("%Y-%m-%d") in picks


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_a_pick_list_adds_up_by_merchant_and_code(
    printed: Printed, at_warehouse: AtWarehouse, cart: object, form: str
) -> None:
    first, second = at_warehouse("113-1", lines={"MUG-BLUE": 2}), at_warehouse("113-2", lines={"MUG-BLUE": 5})
    other = OrderFactory(
        cart=CartFactory(merchant=MerchantFactory(organization=first.organization, name="Green Lamp Ltd")),
        number="222-1",
        lines={"MUG-BLUE": 1},
    )

    text = printed(first, second, other, what="picks", **{"as": form})

    assert "Pick list for 3 orders" in text
    assert "Green Lamp Ltd" in text
    assert "7" in text
    assert "Jane Doe" not in text


def test_each_order_notes_that_its_recipient_was_seen(printed: Printed, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("113-1")

    printed(order, what="picks")
    assert not Event.objects.filter(kind="recipient.looked_at").exists()

    printed(order)
    assert Event.objects.filter(kind="recipient.looked_at", subject_id=order.pk).count() == 1


def test_the_page_that_asks_shows_nobodys_address(owner: Client, at_warehouse: AtWarehouse) -> None:
    answer = owner.get(URL, {"order": at_warehouse("113-1").pk})

    assert answer.status_code == 200
    assert "Jane Doe" not in answer.content.decode()


def test_what_shows_an_address_is_kept_by_no_browser(owner: Client, at_warehouse: AtWarehouse) -> None:
    said = {"order": at_warehouse("113-1").pk, "what": "slips"}

    for form in ("html", "pdf"):
        assert "no-store" in owner.post(URL, {**said, "as": form})["Cache-Control"]


def test_viewers_and_strangers_print_nothing(
    client_for: ClientFor, stranger: Client, at_warehouse: AtWarehouse, others_order: Order
) -> None:
    order = at_warehouse("113-1")
    said = {"order": [order.pk], "what": "slips", "as": "html"}

    assert client_for(Role.VIEWER).post(URL, said).status_code == 403
    assert stranger.post(URL, said).status_code == 404
    assert stranger.post(URL, {**said, "what": "picks"}).status_code == 404
    seller = client_for(Role.SELLER, merchant=order.merchant)
    assert seller.post(URL, {**said, "order": [others_order.pk]}).status_code == 403


@pytest.mark.parametrize("orders", [[], ["x"], ["0"]])
def test_no_orders_or_no_ids_are_answered(owner: Client, orders: list[str]) -> None:
    assert owner.get(URL, {"order": orders}).status_code in (302, 404)


def test_more_orders_take_no_more_statements(owner: Client, at_warehouse: AtWarehouse) -> None:
    orders = [at_warehouse(f"113-{number}") for number in range(8)]

    def statements(count: int) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            owner.post(URL, {"order": [order.pk for order in orders[:count]], "what": "slips", "as": "html"})
        return len(found)

    statements(1)
    assert statements(2) == statements(8)
