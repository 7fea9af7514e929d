"""What the list shows of each order, in which order, and how each person lays it out."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from core.common import clock
from integration_manager.portal.order_list import columns, row_cells
from orders.models import HeldFor, ListLayout, Order, OrderStatus
from shipping.models import ChosenMethod, ShipMethod
from tests.factories import CartFactory, OrderFactory, PackageFactory, ReleaseFactory, ShipMethodFactory
from tests.order_pages import AtWarehouse, ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LIST = "/orders/"


def heads(client: Client, **query: Any) -> list[str]:
    page = client.get(LIST, query).content.decode()
    table = page[page.index("<thead") : page.index("</thead>")]
    return [text for each in re.findall(r"<th scope.*?</th>", table, re.S) if (text := words(each))]


def row(client: Client, number: str, **query: Any) -> str:
    page = client.get(LIST, {"tab": "all", **query}).content.decode()
    return next(words(each) for each in re.findall(r"<tr[ >].*?</tr>", page, re.S) if f">{number}</a>" in each)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", html.replace("</td>", " ")).split())


def numbers(client: Client, query: str = "", **asked: Any) -> list[str]:
    return [order.number for order in client.get(LIST + query, asked).context["listing"].rows]


# -- What each row says ------------------------------------------------------------------------------------------------
def test_a_row_says_whose_it_is_what_is_in_it_how_it_goes_and_where_to(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    at_warehouse("1", lines={"MUG-BLUE": 2, "MUG-LID": 1, "SAUCER": 1}, service="NextDay")

    said = row(owner, "1")

    assert "Blue Mug Co · Amazon US" in said
    assert "2 × MUG-BLUE +2 more" in said
    assert "UPS Ground for NextDay" in said
    assert " US in 47 h" in said


def test_units_that_were_canceled_are_not_counted(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, number="1", lines={"MUG-BLUE": 3})
    order.lines.update(canceled=1)

    assert "2 × MUG-BLUE" in row(owner, "1")


def test_an_order_without_lines_has_a_row_too(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1", lines={}, status=OrderStatus.HELD, held_for=HeldFor.STRANGE)

    assert "—" in row(owner, "1")


def test_the_method_somebody_chose_goes_before_the_one_it_was_handed_over_with(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod
) -> None:
    order = at_warehouse("1")
    chosen = ShipMethodFactory(warehouse=method.warehouse, label="UPS Next Day Air")
    person: Any = owner.get(LIST).wsgi_request.user
    ChosenMethod.objects.create(
        organization=order.organization, merchant=order.merchant, order=order, ship_method=chosen, by=person,
        at=clock.now(),
    )  # fmt: skip

    assert "UPS Next Day Air for Standard" in row(owner, "1")


def test_a_method_that_nobody_mapped_is_said_to_be_none(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1", status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED, service="SecondDay")

    assert "SecondDay not mapped" in row(owner, "1")


def test_what_is_late_says_by_how_much_and_what_is_gone_says_since_when(owner: Client, cart: Cart) -> None:
    now = clock.now()
    OrderFactory(cart=cart, number="late", ship_by=now - timedelta(hours=3, minutes=5))
    OrderFactory(cart=cart, number="soon", ship_by=now + timedelta(hours=5, minutes=5))
    OrderFactory(cart=cart, number="open", ship_by=None)
    OrderFactory(cart=cart, number="gone", status=OrderStatus.SHIPPED, shipped_at=now - timedelta(hours=2, minutes=5))

    page = owner.get(LIST, {"tab": "all"}).content.decode()

    assert "3 h late" in row(owner, "late")
    assert '<span class="due tone-bad">' in page
    assert '<span class="due tone-warn">' in page
    assert "in 5 h" in row(owner, "soon")
    assert "shipped 2 h ago" in row(owner, "gone")
    assert "late" not in row(owner, "open")


def test_where_orders_were_shipped_the_tracking_stands_instead_of_the_promise(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, number="1", status=OrderStatus.CONFIRMED, shipped_at=clock.now())
    PackageFactory(shipment__order=order, number=1, carrier="UPS", tracking_number="1Z777")
    PackageFactory(shipment__order=order, number=2, carrier="UPS", tracking_number="1Z778")

    assert heads(owner, tab="confirmed") == [
        "Order", "Merchant and cart", "Status", "Items", "Tracking", "Ship to", "Shipped", "Placed",
    ]  # fmt: skip
    assert "UPS 1Z777 +1 more" in row(owner, "1", tab="confirmed")
    assert "just now" in row(owner, "1", tab="confirmed")


def test_two_carts_of_one_name_are_told_apart_everywhere(owner: Client, cart: Cart, acme: Organization) -> None:
    other = CartFactory(merchant__organization=acme, merchant__name="Lamp Works", name="Amazon US")
    gone = CartFactory(merchant=other.merchant, name="Amazon DE", state=Cart.State.ARCHIVED)
    OrderFactory(cart=other, number="1")

    page = owner.get(LIST, {"tab": "all", "cart": str(other.pk)})
    menu = next(each for each in page.context["first_filters"] if each.name == "cart")

    assert "Lamp Works · Amazon US" in row(owner, "1")
    assert [words for _, words in menu.first] == ["Blue Mug Co · Amazon US", "Lamp Works · Amazon US"]
    assert menu.apart == ("Archived", [(str(gone.pk), "Lamp Works · Amazon DE")])
    assert '<optgroup label="Archived">' in page.content.decode()
    assert page.context["chips"][0]["label"] == "Cart: Lamp Works · Amazon US"
    assert "Lamp Works · Amazon US" in owner.get("/").content.decode()


# -- In which order ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tab", "status"), [("new", OrderStatus.NEW), ("wms", OrderStatus.AT_WMS), ("attention", OrderStatus.ERROR)]
)
def test_open_work_begins_with_what_is_most_urgent(owner: Client, cart: Cart, tab: str, status: OrderStatus) -> None:
    now = clock.now()
    for number, hours in (("later", 30), ("late", -1), ("soon", 2)):
        OrderFactory(cart=cart, number=number, status=status, ship_by=now + timedelta(hours=hours))
    OrderFactory(cart=cart, number="open end", status=status, ship_by=None)

    assert numbers(owner, tab=tab) == ["late", "soon", "later", "open end"]
    assert numbers(owner, tab=tab, sort="-placed")[0] == "open end"


def test_done_work_begins_with_the_newest(owner: Client, cart: Cart) -> None:
    for number, hours in (("old", 9), ("new", 1)):
        OrderFactory(
            cart=cart, number=number, status=OrderStatus.CONFIRMED, placed_at=clock.now() - timedelta(hours=hours)
        )

    assert numbers(owner, tab="confirmed") == numbers(owner, tab="all") == ["new", "old"]


def test_the_first_click_on_ship_by_shows_the_soonest(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1")

    page = owner.get(LIST, {"tab": "all"})

    assert "sort=due&" in page.context["listing"].query_sorted_by("due") + "&"
    assert "sort=-number" in page.context["listing"].query_sorted_by("number")
    turned = owner.get(LIST, {"tab": "all", "sort": "due"}).context["listing"]
    assert "sort=-due" in turned.query_sorted_by("due")


def test_a_file_has_the_order_of_the_list(owner: Client, cart: Cart) -> None:
    for number, hours in (("later", 30), ("soon", 2)):
        OrderFactory(cart=cart, number=number, ship_by=clock.now() + timedelta(hours=hours))

    file = owner.get(reverse("orders:export"), {"tab": "new"}).getvalue().decode()

    assert file.index("soon") < file.index("later")


# -- As each person wants it -------------------------------------------------------------------------------------------
def lay_out(client: Client, query: str = "?tab=new", **said: Any) -> Any:
    return client.post(reverse("orders:lay_out") + query, {"per_page": "50", **said}, follow=True)


def test_a_person_chooses_columns_and_rows_and_keeps_them(owner: Client, cart: Cart, client_for: ClientFor) -> None:
    for number in range(55):
        OrderFactory(cart=cart, number=f"{number:02}", recipient=None)

    page = lay_out(owner, column=["due", "total"], per_page="100")

    assert page.redirect_chain == [("/orders/?tab=new", 302)]
    assert heads(owner, tab="new") == ["Order", "Status", "Ship by", "Total"]
    assert len(numbers(owner, tab="new")) == 55
    other = client_for()
    assert "Items" in heads(other, tab="new")
    assert len(numbers(other, tab="new")) == 50


@pytest.mark.parametrize(
    "said",
    [
        {"column": ["due"], "per_page": "1000"},
        {"column": ["due"], "per_page": "x"},
        {"column": []},
        {"column": ["zzz"]},
    ],
)
def test_a_layout_that_makes_no_sense_is_refused(owner: Client, cart: Cart, said: dict[str, Any]) -> None:
    page = lay_out(owner, **said)

    assert len(page.context["messages"]) == 1
    assert not ListLayout.objects.exists()


def test_a_layout_is_kept_once_and_a_seller_has_one_too(owner: Client, seller: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1")
    for client in (owner, owner, seller):
        assert lay_out(client, column=["due"]).status_code == 200

    assert ListLayout.objects.count() == 2
    assert heads(seller, tab="new") == ["Order", "Status", "Ship by"]


def test_what_no_column_shows_is_not_asked_for(
    owner: Client, at_warehouse: AtWarehouse, django_assert_max_num_queries: Any
) -> None:
    at_warehouse("1")

    def asked() -> int:
        with django_assert_max_num_queries(30) as statements:
            owner.get(LIST, {"tab": "wms"})
        return len(statements)

    everything = asked()
    lay_out(owner, column=["due"])

    assert asked() <= everything - 4


@pytest.mark.parametrize("tab", ["all", "wms", "confirmed"])
def test_two_hundred_rows_need_no_more_statements_than_ten(
    owner: Client, cart: Cart, tab: str, django_assert_max_num_queries: Any
) -> None:
    def add(number: int) -> None:
        status = OrderStatus.CONFIRMED if tab == "confirmed" else OrderStatus.AT_WMS
        order: Order = OrderFactory(cart=cart, number=f"{number:03}", status=status, lines={"A": 1, "B": 2})
        ReleaseFactory(order=order)
        PackageFactory(shipment__order=order, tracking_number=f"1Z{number}")

    def asked() -> int:
        with django_assert_max_num_queries(30) as statements:
            owner.get(LIST, {"tab": tab})
        return len(statements)

    lay_out(owner, column=["contents", "method", "tracking", "to", "due", "cart"], per_page="200")
    for number in range(3):
        add(number)
    few = asked()
    for number in range(3, 15):
        add(number)

    assert asked() == few


def test_only_the_country_of_a_recipient_is_told(viewer: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1")

    page = viewer.get(LIST, {"tab": "all"}).content.decode()

    assert '<abbr title="United States">US</abbr>' in page
    for part in ("Doe", "Main St", "89501", "Reno"):
        assert part not in page


def test_every_column_has_its_cell() -> None:
    assert list(row_cells.CELLS) == [column.key for column in columns.COLUMNS]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{0} {{ 7 }} %s"])
def test_strange_texts_in_any_column_are_shown_and_do_nothing(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod, text: str
) -> None:
    ShipMethod.objects.filter(pk=method.pk).update(label=text)
    order = at_warehouse("1", service=text[:60], lines={text: 1}, reason=text, programs=text)
    order.lines.update(title=text)
    PackageFactory(shipment__order=order, carrier=text[:60], tracking_number=text)
    lay_out(owner, column=[column.key for column in columns.COLUMNS])

    for status in (OrderStatus.AT_WMS, OrderStatus.CONFIRMED):
        Order.objects.filter(pk=order.pk).update(status=status)
        page = owner.get(LIST, {"tab": "wms" if status == OrderStatus.AT_WMS else "confirmed"}).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert ">1</a>" in page
