"""The page of the stock."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.models import Event
from core.common import clock
from inventory.items import unmatched
from inventory.models import StockLevel, StockUpdate
from inventory.stock_table import StockRow
from orders.models import OrderStatus
from shipping.models import ItemAlias, Warehouse
from tests.factories import (
    CartFactory,
    ListingFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    PackageFactory,
    PackageLineFactory,
    RouteFactory,
    ShipmentFactory,
    StockLevelFactory,
    WarehouseFactory,
    make_person,
    the_grant,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
WRONG = "Enter a whole number from 0 to 999999."


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory()


@pytest.fixture
def warehouse(acme: Organization) -> Warehouse:
    return WarehouseFactory(organization=acme, name="Reno")


@pytest.fixture
def cart(acme: Organization, warehouse: Warehouse) -> Cart:
    cart: Cart = CartFactory(merchant=MerchantFactory(organization=acme, name="Blue Mug Co"), name="Amazon US")
    RouteFactory(cart=cart, warehouse=warehouse)
    return cart


@pytest.fixture
def level(cart: Cart, warehouse: Warehouse) -> StockLevel:
    yesterday = clock.now() - timedelta(days=1)
    return StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, on_hand=10, observed_at=yesterday)


@pytest.fixture
def browse(acme: Organization) -> Callable[..., Client]:
    def client(role: Role = Role.STAFF, organization: Organization | None = None, **fields: object) -> Client:
        browser = Client()
        browser.force_login(make_person(organization or acme, role, **fields))  # type: ignore[arg-type]
        return browser

    return client


@pytest.fixture
def staff(browse: Callable[..., Client]) -> Client:
    return browse()


def address() -> str:
    return reverse("inventory:inventory")


def rows(client: Client, **query: str) -> list[StockRow]:
    found: list[StockRow] = client.get(address(), query).context["rows"]
    return found


def counted(client: Client, **numbers: tuple[object, object]) -> tuple[int, str]:
    """Send (seen, typed) for levels; returns the status and the page that follows, on one line."""
    fields = {f"seen_{pk.removeprefix('level')}": str(seen) for pk, (seen, _) in numbers.items()}
    fields |= {f"on_hand_{pk.removeprefix('level')}": str(typed) for pk, (_, typed) in numbers.items()}
    answer = client.post(address(), fields)
    following = client.get(answer["location"]) if answer.status_code == 302 else answer
    return answer.status_code, " ".join(following.content.decode().split())


def on_hand(level: StockLevel) -> int | None:
    level.refresh_from_db()
    return level.on_hand


def shipped(cart: Cart, warehouse: Warehouse, units: int) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.SHIPPED, lines={"MUG-BLUE": units})
    shipment = ShipmentFactory(order=order, warehouse=warehouse)
    PackageLineFactory(package=PackageFactory(shipment=shipment), line=order.lines.get(), quantity=units)


# -- What it shows -----------------------------------------------------------------------------------------------------
def test_an_empty_page_says_what_will_come(staff: Client) -> None:
    assert "No SKUs yet" in staff.get(address()).content.decode()


def test_what_was_shipped_since_is_off_the_shelf_and_what_is_ordered_is_promised(
    staff: Client, cart: Cart, warehouse: Warehouse, level: StockLevel
) -> None:
    shipped(cart, warehouse, 2)
    OrderFactory(cart=cart, status=OrderStatus.AT_WMS, lines={"MUG-BLUE": 3})
    OrderFactory(cart=cart, status=OrderStatus.CANCELED, lines={"MUG-BLUE": 9})

    [row] = rows(staff)

    assert (row.on_hand, row.promised, row.can_be_sold) == (8, 3, 5)


def test_stock_goes_by_sku_whatever_code_the_orders_of_a_cart_carry(
    staff: Client, cart: Cart, level: StockLevel
) -> None:
    Cart.objects.update(product_code=Cart.ProductCode.ASIN)
    OrderFactory(cart=cart, lines={"MUG-BLUE": 4})

    [row] = rows(staff)

    assert (row.promised, row.can_be_sold) == (4, 6)


def test_it_says_what_each_cart_was_told(staff: Client, cart: Cart, level: StockLevel) -> None:
    ListingFactory(cart=cart, sku="MUG-BLUE")
    assert cart.grant is not None
    StockUpdate.objects.create(
        organization=cart.organization,
        merchant=cart.merchant,
        grant=cart.grant,
        sku="MUG-BLUE",
        wanted=7,
        wanted_at=clock.now(),
        told=9,
        told_at=clock.now(),
        due_at=clock.now(),
    )

    shown = staff.get(address()).content.decode()

    assert "9 to Amazon US" in shown
    assert "7 is on its way" in shown


def test_skus_and_titles_are_searched(staff: Client, cart: Cart, warehouse: Warehouse) -> None:
    for sku, title in (("MUG-BLUE", "A blue mug"), ("LAMP", "A green lamp")):
        StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, sku=sku, title=title)

    assert [row.level.sku for row in rows(staff, q="mug")] == ["MUG-BLUE"]
    assert [row.level.sku for row in rows(staff, q="GREEN")] == ["LAMP"]
    assert "Nothing matches" in staff.get(address(), {"q": "sofa"}).content.decode()


def test_the_list_is_narrowed_to_what_is_wrong_with_the_offers_of_a_sku(
    staff: Client, cart: Cart, warehouse: Warehouse
) -> None:
    kept = {"organization": cart.organization, "merchant": cart.merchant}
    for sku in ("REFUSED", "HELD", "DIFFER", "OTHERWISE", "FBA", "FINE"):
        StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, sku=sku, on_hand=30)
        ListingFactory(cart=cart, sku=f"{sku}-ALIAS", fulfilled_by_marketplace=sku == "FBA")
        ItemAlias.objects.create(**kept, name=f"{sku}-ALIAS", sku=sku, made_at=clock.now())
        StockUpdate.objects.create(
            **kept, grant=the_grant(cart), sku=f"{sku}-ALIAS", wanted=3, wanted_at=clock.now(), due_at=clock.now(),
            is_held=sku == "HELD", in_conflict=sku == "DIFFER", stands_otherwise=sku == "OTHERWISE",
        )  # fmt: skip
    StockUpdate.objects.filter(sku="REFUSED-ALIAS").leave_to_person("The price is missing.")
    ListingFactory(cart=cart, sku="NOBODY-KNOWS", fulfilled_by_marketplace=False)
    unmatched.mark(cart.merchant_id)
    OrderFactory(cart=cart, status=OrderStatus.CONFIRMED, lines={"FINE-ALIAS": 10})

    by_filter = {"refused": "REFUSED", "held": "HELD", "conflict": "DIFFER", "mismatch": "OTHERWISE", "fba": "FBA"}
    for show, sku in by_filter.items():
        assert [row.level.sku for row in rows(staff, show=show)] == [sku], show
    assert "Refused" in staff.get(address(), {"show": "refused"}).content.decode()
    without = staff.get(address(), {"show": "unmatched"})
    assert [each.sku for each in without.context["listing"].rows] == ["NOBODY-KNOWS"]
    cover = {row.level.sku: row.cover for row in rows(staff)}
    assert (cover["FINE"], cover["HELD"]) == (90, None)  # thirty are there, ten go in a month


def test_fifty_rows_ask_the_database_no_more_often_than_one(
    staff: Client, cart: Cart, warehouse: Warehouse, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, sku=f"SKU-{number:02}")
        ListingFactory(cart=cart, sku=f"SKU-{number:02}")

    with django_assert_max_num_queries(19):
        assert len(rows(staff)) == 50


def test_a_merchant_can_be_chosen_where_there_are_several(
    staff: Client, cart: Cart, warehouse: Warehouse, level: StockLevel
) -> None:
    assert 'name="merchant"' not in staff.get(address()).content.decode()

    other = MerchantFactory(organization=cart.organization, name="Green Lamp Ltd")
    StockLevelFactory(merchant=other, warehouse=warehouse, sku="LAMP")
    stranger = StockLevelFactory(merchant=MerchantFactory(organization=OrganizationFactory()))

    assert f'<option value="{other.pk}" selected>' in staff.get(address(), {"merchant": other.pk}).content.decode()
    assert [row.level.sku for row in rows(staff, merchant=str(other.pk))] == ["LAMP"]
    assert [row.level.sku for row in rows(staff, merchant="")] == ["LAMP", "MUG-BLUE"]
    lyon = WarehouseFactory(organization=cart.organization, name="Lyon")
    assert [row.level.sku for row in rows(staff, warehouse=str(warehouse.pk))] == ["LAMP", "MUG-BLUE"]
    assert rows(staff, warehouse=str(lyon.pk)) == rows(staff, warehouse=str(stranger.warehouse.pk)) == []
    for nobody in ("x", "²", str(stranger.merchant.pk)):  # not the same as all
        assert rows(staff, merchant=nobody) == []
        assert "Nothing is shown" in staff.get(address(), {"merchant": nobody}).content.decode()


def test_the_page_explains_its_words(staff: Client, level: StockLevel) -> None:
    assert "Promised: ordered but not shipped yet." in staff.get(address()).content.decode()


def test_a_search_no_database_could_be_asked_for_is_asked_without_what_is_wrong(
    staff: Client, cart: Cart, warehouse: Warehouse
) -> None:
    StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, sku="M" * 120)

    assert len(rows(staff, q="m\0" * 10_000)) == 1
    assert len(rows(staff, q=" \0 ")) == 1
    assert staff.get(address(), {"q": "\0 mug"}).context["q"] == "mug"


# -- Who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.VIEWER, Role.SELLER])
def test_who_may_not_count_may_look(browse: Callable[..., Client], cart: Cart, level: StockLevel, role: Role) -> None:
    browser = browse(role, merchant=cart.merchant if role == Role.SELLER else None)

    assert b"on_hand_" not in browser.get(address()).content
    assert counted(browser, **{f"level{level.pk}": (10, 12)})[0] == 403
    assert on_hand(level) == 10


def test_the_stock_of_others_is_neither_seen_nor_changed(browse: Callable[..., Client], level: StockLevel) -> None:
    stranger = browse(Role.OWNER, organization=OrganizationFactory())

    assert rows(stranger) == []
    counted(stranger, **{f"level{level.pk}": (10, 12)})

    assert on_hand(level) == 10


# -- Counting ----------------------------------------------------------------------------------------------------------
def test_every_changed_number_is_kept_and_the_carts_are_told(
    staff: Client,
    cart: Cart,
    warehouse: Warehouse,
    level: StockLevel,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    same = StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, sku="LAMP", on_hand=3)
    new = StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, sku="ROPE", on_hand=None, observed_at=None)

    with django_capture_on_commit_callbacks() as rung:
        status, shown = counted(
            staff, **{f"level{level.pk}": (10, 12), f"level{same.pk}": (3, 3), f"level{new.pk}": ("", "0")}
        )

    assert status == 302
    assert "2 SKUs counted. The carts are being updated." in shown
    assert [on_hand(each) for each in (level, same, new)] == [12, 3, 0]
    wakened = [call.args[1] for call in rung if hasattr(call, "args")]
    assert [each for each in wakened if each] == [{"cart_id": cart.pk}]  # and the sweep of orders held for stock
    assert Event.objects.filter(kind="stock.counted").count() == 2


def test_counting_what_was_observed_before_a_shipment_is_a_change(
    staff: Client, cart: Cart, warehouse: Warehouse, level: StockLevel
) -> None:
    shipped(cart, warehouse, 2)

    counted(staff, **{f"level{level.pk}": (8, 10)})

    [row] = rows(staff)
    assert row.on_hand == 10


def test_a_number_that_moved_meanwhile_is_named_and_nothing_else_is_lost(
    staff: Client, cart: Cart, warehouse: Warehouse, level: StockLevel
) -> None:
    other = StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, sku="LAMP", on_hand=3)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=9)

    status, shown = counted(staff, **{f"level{level.pk}": (10, 12), f"level{other.pk}": (3, 4)})

    assert status == 422
    assert "1 count saved, 1 not: see below." in shown
    assert shown.count('class="message ') == 1
    assert "errorlist nonfield" not in shown
    assert shown.count("MUG-BLUE changed in the meantime") == 1
    assert "MUG-BLUE changed in the meantime: it is 9 now." in shown
    assert f'name="on_hand_{level.pk}" value="12"' in shown
    assert f'name="seen_{level.pk}" value="9"' in shown
    assert [on_hand(level), on_hand(other)] == [9, 4]


@pytest.mark.parametrize(
    "typed",
    [
        "-1",
        "1.5",
        "1e3",
        "ten",
        "1000000",
        "²",
        "1,00",
        "1,0000",
        "1.000",
        ",100",
        "1,,000",
        "1,000 000",
        "99999999999999999999",
        "<b>",
    ],
)
def test_a_number_that_is_none_is_explained_and_kept_in_its_field(
    staff: Client, cart: Cart, warehouse: Warehouse, level: StockLevel, typed: str
) -> None:
    other = StockLevelFactory(merchant=cart.merchant, warehouse=warehouse, sku="LAMP", on_hand=3)

    status, shown = counted(staff, **{f"level{level.pk}": (10, typed), f"level{other.pk}": (3, 4)})

    assert status == 422
    assert WRONG in shown
    assert 'aria-invalid="true"' in shown
    assert "1 count saved, 1 not: see below." in shown
    assert f'name="on_hand_{level.pk}" value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in shown
    assert [on_hand(level), on_hand(other)] == [10, 4]


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1,000", 1000), ("1 000", 1000), ("1\u00a0000", 1000), ("123,456", 123456), ("0,012", 12), (" 7 ", 7)],
)
def test_groups_of_three_may_be_set_apart(staff: Client, level: StockLevel, typed: str, number: int) -> None:
    status, _ = counted(staff, **{f"level{level.pk}": (10, typed)})

    assert status == 302
    assert on_hand(level) == number


def test_when_nothing_is_kept_one_sentence_says_so(staff: Client, level: StockLevel) -> None:
    _, shown = counted(staff, **{f"level{level.pk}": (10, "many")})

    assert shown.count("errorlist nonfield") == 1
    assert 'class="message ' not in shown


@pytest.mark.parametrize("seen", ["²", "--5", "-", "", "ten", "1\n", "9" * 5000, "٣", "\0"])
def test_what_we_did_not_write_as_seen_changes_nothing(staff: Client, level: StockLevel, seen: str) -> None:
    status, shown = counted(staff, **{f"level{level.pk}": (seen, 12)})

    assert status == 422
    assert "MUG-BLUE changed in the meantime: it is 10 now." in shown
    assert on_hand(level) == 10


def test_an_emptied_field_asks_for_a_nought(staff: Client, level: StockLevel) -> None:
    assert "Enter 0 if there is none." in counted(staff, **{f"level{level.pk}": (10, "")})[1]


def test_what_nobody_wrote_is_not_believed(staff: Client, level: StockLevel) -> None:
    answer = staff.post(address(), {"seen_x": "1", "on_hand_x": "2", "seen_99999999999999999999": "1"})

    assert answer.status_code == 302
    assert on_hand(level) == 10
