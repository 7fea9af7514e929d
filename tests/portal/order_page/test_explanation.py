"""What the page of an order shows: amounts, shipments and charges, a long history, what was sent and answered."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.activity.event_log import event, record_all
from core.activity.models import Exchange
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.models import Charge, Package
from tests.exchanges import ExchangeFactory
from tests.factories import (
    CartFactory,
    LineFactory,
    OrderFactory,
    PackageFactory,
    ShipmentFactory,
    make_person,
)
from tests.order_pages import ClientFor
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NASTY = "<script>alert(1)</script> 🦄 أهلاً \u202eevil\u202c \x00{{ 7|add:7 }}"


def url_of(order: Order) -> str:
    return reverse("orders:order", args=[order.pk])


def shown(client: Client, order: Order, **query: Any) -> str:
    response = client.get(url_of(order), query)
    assert response.status_code == 200
    return response.content.decode()


# -- Lines and money ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("currency", "price", "total", "told"),
    [
        ("JPY", "1200", "2640", ["¥1,200", "¥2,640", "¥240"]),
        ("USD", "12.00", "26.40", ["$12.00", "$26.40", "$2.40"]),
        ("KWD", "12.005", "26.411", ["12.005 KWD", "26.411 KWD", "2.401 KWD"]),
    ],
)
def test_amounts_have_the_digits_of_their_currency(
    owner: Client, cart: Cart, currency: str, price: str, total: str, told: list[str]
) -> None:
    order = OrderFactory(cart=cart, lines={}, total=Decimal(total), currency=currency)
    LineFactory(order=order, ordered=2, unit_price=Decimal(price), currency=currency)
    moment = clock.now()
    for amount in ("1", "2"):
        Charge.objects.create(
            organization=order.organization,
            merchant=order.merchant,
            order=order,
            label="Packing",
            amount=Decimal(amount),
            currency=currency,
            at=moment,
        )

    page = shown(owner, order)

    for amount in told:
        assert f">{amount}</td>" in page
    together = {"JPY": "¥3", "USD": "$3.00", "KWD": "3.000 KWD"}[currency]
    assert f">{together}</td>" in page


def test_a_line_says_what_it_is_at_the_warehouse_where_that_is_not_its_sku(owner: Client, cart: Cart) -> None:
    by_asin = CartFactory(merchant=cart.merchant, product_code="asin")
    plain, coded = OrderFactory(cart=cart), OrderFactory(cart=by_asin)

    assert "At the warehouse <bdi" not in shown(owner, plain)
    assert re.search(r'At the warehouse <bdi class="mono">B000000001</bdi>', shown(owner, coded))


def test_ordered_shipped_canceled_and_left_out_are_told_apart(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, lines={})
    LineFactory(order=order, reference="1", ordered=5, canceled=1, fulfilled_there=2)
    LineFactory(order=order, reference="2", ordered=3, canceled=1, left_out=True)

    lines = owner.get(url_of(order)).context["lines"]

    assert (lines.ordered, lines.shipped, lines.canceled, lines.left_out) == (8, 2, 2, 2)
    assert [(row.shipped, row.left_out) for row in lines.rows] == [(2, 0), (0, 2)]
    assert "<strong>2 left out</strong>" in shown(owner, order)


# -- The promise -------------------------------------------------------------------------------------------------------
def test_times_are_told_in_the_organizations_zone_and_it_is_named(owner: Client, cart: Cart) -> None:
    cart.organization.time_zone = "Asia/Tokyo"
    cart.organization.save(update_fields=["time_zone"])
    order = OrderFactory(cart=cart, is_prime=True, is_business=True)

    page = shown(owner, order)

    assert "Times in Asia/Tokyo" in page
    assert re.search(r"<dt>Ship by</dt>\s*<dd>\s*<time[^>]*>[^<]* JST</time>", page)
    assert '<span class="tag">Prime</span>' in page
    assert '<span class="tag">Business</span>' in page


# -- Shipments ---------------------------------------------------------------------------------------------------------
def test_each_shipment_stands_with_its_packages_and_what_was_charged_for_it(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.SHIPPED)
    now = clock.now()
    first = ShipmentFactory(order=order, created_at=now - timedelta(hours=2))
    second = ShipmentFactory(order=order, created_at=now - timedelta(hours=1))
    PackageFactory(shipment=first)
    PackageFactory(shipment=second)
    PackageFactory(shipment=second)
    owner_of = {"organization": order.organization, "merchant": order.merchant, "order": order, "currency": "USD"}
    for label, amount, moment in (
        ("Packing", "1.10", first.created_at),
        ("Freight", "2.20", second.created_at),
        ("Box", "0.30", second.created_at),
        ("Storage", "4.00", now),
    ):
        Charge.objects.create(**owner_of, label=label, amount=Decimal(amount), at=moment)

    page = owner.get(url_of(order))

    told = [
        (len(each.packages), [charge.label for charge in each.charges], [str(sum_) for sum_ in each.sums])
        for each in page.context["shipments"]
    ]
    assert told == [(1, ["Packing"], ["1.1000 USD"]), (2, ["Freight", "Box"], ["2.5000 USD"])]
    assert [each.label for each in page.context["charged_apart"]] == ["Storage"]
    assert "Total charges: $7.60" in page.content.decode()


def test_a_package_says_when_its_tracking_was_corrected(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    package = Package.objects.get(order=order)
    browser = Client()
    browser.force_login(world.person)
    assert "Corrected" not in shown(browser, order)

    Package.objects.filter(pk=package.pk).update(corrected_at=world.now)

    assert re.search(r"Corrected <time[^>]*>20 Nov 12:05 UTC", shown(browser, order))


# -- History -----------------------------------------------------------------------------------------------------------
def test_a_long_history_is_read_a_part_at_a_time(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    record_all(event("order.held", order, now=clock.now(), reason=f"reason-{n:03}") for n in range(250))

    def part(page: str) -> list[str]:
        return re.findall(r"reason-\d+", page)

    newest = shown(owner, order)
    [older] = re.findall(r'href="[^"?]+\?(before=\d+)#history"', newest)
    middle = owner.get(f"{url_of(order)}?{older}").content.decode()
    [oldest] = re.findall(r'href="[^"?]+\?(before=\d+)#history"', middle)
    last = owner.get(f"{url_of(order)}?{oldest}").content.decode()

    assert part(newest) == [f"reason-{n:03}" for n in range(150, 250)]
    assert part(middle) == [f"reason-{n:03}" for n in range(50, 150)]
    assert part(last) == [f"reason-{n:03}" for n in range(50)]
    assert ">Older</a>" not in last
    assert "Back to newest" in last
    assert "Back to newest" not in newest


# -- Requests and responses ----------------------------------------------------------------------------------------
def test_staff_see_what_was_sent_and_answered_under_the_event_it_caused(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.confirm()
    browser = Client()
    browser.force_login(world.person)

    page = browser.get(url_of(order))
    text = page.content.decode()

    [told] = [each for each in page.context["events"] if each.kind == "package.confirmed"]
    [exchange] = told.exchanges
    assert (exchange.operation, exchange.told) == ("confirmShipment", ("204", "good"))
    assert "confirmShipment: 204," in text
    assert exchange.request_id in text
    assert "&quot;trackingNumber&quot;: &quot;1Z999AA10000&quot;" in text
    assert [each.exchanges for each in page.context["events"] if each.kind == "order.downloaded"] == [()]


@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.OWNER, True), (Role.ADMIN, True), (Role.STAFF, True), (Role.VIEWER, False), (Role.SELLER, False)],
)
def test_only_who_connects_or_ships_sees_what_was_sent(
    client_for: ClientFor, cart: Cart, role: Role, sees: bool
) -> None:
    order = OrderFactory(cart=cart)
    owned = {"organization": order.organization, "connection": f"grant-{cart.grant_id}"}
    ExchangeFactory(**owned, subject_kind="order", subject_id=order.pk, operation="getOrder")
    ExchangeFactory(**owned, operation="searchOrders")
    browser = client_for(role, merchant=cart.merchant if role == Role.SELLER else None)

    page = shown(browser, order)
    history = browser.get(reverse("carts:history", args=[cart.pk])).content.decode()

    assert ("Requests and responses" in page) is sees
    assert ("getOrder" in page) is sees
    assert "searchOrders" not in page
    assert ("searchOrders" in history) is sees
    assert ("getOrder" in history) is sees


def test_a_cart_shows_its_own_connection_and_no_more_than_fifty(owner: Client, cart: Cart) -> None:
    other = CartFactory(merchant=cart.merchant)
    for number in range(55):
        ExchangeFactory(
            organization=cart.organization, connection=f"grant-{cart.grant_id}", request_id=f"request-{number:02}"
        )
    ExchangeFactory(organization=cart.organization, connection=f"grant-{other.grant_id}", request_id="request-other")
    ExchangeFactory(connection=f"grant-{cart.grant_id}", request_id="request-elsewhere")

    page = owner.get(reverse("carts:history", args=[cart.pk])).content.decode()

    assert re.findall(r"request-\w+", page) == [f"request-{number:02}" for number in range(54, 4, -1)]


def test_what_was_cut_short_or_is_no_document_is_shown_as_it_is(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    ExchangeFactory(
        organization=order.organization,
        subject_kind="order",
        subject_id=order.pk,
        request="93 bytes",
        answer='{"a": "<script>alert(1)</script>',
    )

    page = shown(owner, order)

    assert "<pre>93 bytes</pre>" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


# -- Strange texts -----------------------------------------------------------------------------------------------------
def test_strange_texts_of_a_marketplace_are_shown_harmlessly(world: World) -> None:
    fields = ("name", "companyName", "addressLine1", "addressLine2", "addressLine3", "city", "stateOrRegion")
    number = world.order_placed(
        lines=[{"sku": f"SKU {NASTY}"[:40], "title": f"title {NASTY}", "gift_message": f"gift {NASTY}"}],
        service_level=NASTY[:50],
        address={name: f"{name} {NASTY}" for name in fields} | {"phone": NASTY, "postalCode": NASTY[:30]},
        overrides={"buyer": {"buyerName": NASTY, "buyerCompanyName": NASTY, "buyerPurchaseOrderNumber": NASTY}},
    )
    world.download()
    order = world.order(number)
    world.deliver()
    world.ship(world.order(number))
    browser = Client()
    browser.force_login(world.person)

    pages = [shown(browser, order), browser.post(reverse("orders:look", args=[order.pk])).content.decode()]

    for page in pages:
        assert "<script>alert" not in page
        assert "\x00" not in page
        assert "{{ 7|add:7 }}" in page
        assert "\u202e" in page
        assert re.search(r"<bdi>title &lt;script&gt;alert\(1\)&lt;/script&gt; 🦄 أهلاً", page)
        assert re.search(r'<bdi class="mono">SKU &lt;script&gt;', page)
        assert not re.search(
            r">[^<]*\u202e[^<]*(?!</bdi>)<(?!/bdi)", re.sub(r"<title>.*?</title>", "", page, flags=re.S)
        )
    assert "addressLine1 &lt;script&gt;" in pages[1]
    assert not Exchange.objects.filter(answer__contains="addressLine1 <script>").exists()


def test_what_a_person_types_is_set_apart_in_the_history(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    record_all([event("order.held", order, now=clock.now(), actor=make_person(cart.organization), reason="أهلاً <b>")])

    assert "Held. <bdi>أهلاً &lt;b&gt;</bdi>" in shown(owner, order)
