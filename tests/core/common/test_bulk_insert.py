"""Rows that go in past the ORM are the rows it would have stored."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from carts.marketplaces.values import OrderState
from carts.models import Cart
from core.activity.models import Event
from core.common import bulk_insert
from orders.models import HeldFor, Line, Order, OrderStatus, Recipient
from tests.factories import CartFactory, OrderFactory, make_person

AT = datetime(2026, 11, 20, 12, 30, 15, 123456, tzinfo=UTC)
TOKYO = timezone(timedelta(hours=9))
# What the text of a COPY, of a statement or of a JSON document writes otherwise, and letters of every width.
TEXTS = [
    "",
    " ",
    "\\N",
    "\\",
    "tab\tline\nreturn\r",
    "'\"$1 %s {}",
    "\x01\x7f",
    "Größe 煎茶 🫖 \u202e",
    "NULL",
    "x" * 3000,
]
DETAILS: Sequence[Any] = [{}, [], {"a": [1, 2.5, None, True, "\\N\n\"'煎茶🫖"]}, [{"b": {}}]]


def order(cart: Cart, number: str, **said: Any) -> Order:
    made = Order(
        organization_id=cart.organization_id,
        merchant_id=cart.merchant_id,
        cart_id=cart.pk,
        number=number,
        state_there=OrderState.OPEN,
        placed_at=AT,
        changed_at=AT,
        downloaded_at=AT,
        digest="0" * 32,
        **said,
    )
    made.begin(OrderStatus.HELD, reason="No\taddress \\N", held_for=HeldFor.ADDRESS)
    return made


def orders(cart: Cart) -> Sequence[Order]:
    """Whatever an order's columns take, in order."""
    plain = [order(cart, f"plain-{place}", native_state=text[:60]) for place, text in enumerate(TEXTS)]
    times = {"placed_at": datetime(2026, 11, 20, 9, tzinfo=TOKYO), "deliver_by": datetime(2200, 1, 1, tzinfo=UTC)}
    for name, value in times.items():
        plain.append(order(cart, f"at-{name}"))
        setattr(plain[-1], name, value)
    amounts = [Decimal("0"), Decimal("-0.0001"), Decimal("9999999999.9999"), Decimal("1E+3"), Decimal("19.9"), None]
    plain += [order(cart, f"of-{amount}", total=amount, currency="USD") for amount in amounts]
    named = [order(cart, f"named-{place}", service=name) for place, name in enumerate(["Next\nDay", "a\u200b b", ""])]
    kept = [order(cart, f"kept-{place}", packages_there=details) for place, details in enumerate(DETAILS)]
    return [*plain, *named, *kept, order(cart, "counted", line_count=2**31 - 1, is_prime=True, released_to=2**40)]


def lines(cart: Cart) -> Sequence[Line]:
    owner = {"organization_id": cart.organization_id, "merchant_id": cart.merchant_id}
    owner["order_id"] = OrderFactory(cart=cart, lines={}).pk
    said: list[dict[str, Any]] = [{"sku": text[:255], "title": text} for text in TEXTS]
    said += [{"details": details} for details in (None, *DETAILS)]
    said += [{"unit_price": Decimal("3.3333"), "total": None, "cancel_refused_at": AT, "left_out": True}]
    return [Line(**owner, reference=f"line-{place}", ordered=place, **each) for place, each in enumerate(said)]


def recipients(cart: Cart) -> Sequence[Recipient]:
    kept = [None, b"", bytes(range(256)), b"\\x00\\N\n", b"\x00" * 5000]
    organization = cart.organization_id
    owners = [order(cart, f"for-{place}") for place in range(len(kept))]
    Order.objects.bulk_create(owners)
    pairs = zip(owners, kept, strict=True)
    return [
        Recipient(organization_id=organization, order_id=each.pk, sealed=value, source=value) for each, value in pairs
    ]


def events(cart: Cart) -> Sequence[Event]:
    about: dict[str, Any] = {"organization_id": cart.organization_id, "subject_kind": "order", "at": AT}
    people = [None, make_person(cart.organization)]
    return [
        Event(**about, kind="order.downloaded", subject_id=2**40, actor=person, details={"reason": text})
        for text in TEXTS
        for person in people
    ]


def stored(model: type[models.Model]) -> list[dict[str, Any]]:
    rows = list(model._default_manager.order_by("pk").values())
    # PostgreSQL hands bytes out as what cannot be compared.
    return [{name: _plain(value) for name, value in row.items() if name != "id"} for row in rows]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.django_db
@pytest.mark.parametrize("made", [orders, lines, recipients, events])
@pytest.mark.parametrize("keyed", [False, True])
def test_the_rows_are_those_that_the_orm_would_have_stored(
    made: Callable[[Cart], Sequence[models.Model]], *, keyed: bool
) -> None:
    rows = made(CartFactory())
    model = type(rows[0])
    before = model._default_manager.count()
    with transaction.atomic():
        model._default_manager.bulk_create(rows)
        by_orm = stored(model)[before:]
        transaction.set_rollback(True)
    with transaction.atomic():
        for row in rows:
            row.pk, row._state.adding = None, True
            bulk_insert.insert([row], keyed=keyed)  # few go in another way
        assert stored(model)[before:] == by_orm
        transaction.set_rollback(True)
    for row in rows:
        row.pk, row._state.adding = None, True

    bulk_insert.insert(rows, keyed=keyed)

    assert len(by_orm) == len(rows)
    assert stored(model)[before:] == by_orm


@pytest.mark.django_db
def test_rows_know_their_ids_and_the_next_one_has_another() -> None:
    cart = CartFactory()
    rows = [order(cart, f"n-{place}") for place in range(3)]

    bulk_insert.insert(rows, keyed=True)
    later = OrderFactory(cart=cart)

    assert dict(Order.objects.exclude(pk=later.pk).values_list("pk", "number")) == {
        each.pk: each.number for each in rows
    }
    assert later.pk > max(each.pk for each in rows)
    rows[0].native_state = "SHIPPED"
    rows[0].save()  # it is stored, so this changes it
    assert Order.objects.get(number="n-0").native_state == "SHIPPED"


@pytest.mark.django_db
def test_one_that_is_there_already_keeps_all_of_them_out() -> None:
    known = OrderFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk_insert.insert([order(known.cart, "new"), order(known.cart, known.number)], keyed=True)

    assert list(Order.objects.all()) == [known]


@pytest.mark.django_db
def test_after_an_error_its_transaction_is_over() -> None:
    nameless: Any = None
    row = order(CartFactory(), nameless)

    with transaction.atomic():
        with pytest.raises(IntegrityError):
            bulk_insert.insert([row])
        with pytest.raises(transaction.TransactionManagementError):
            Order.objects.exists()

    assert not Order.objects.exists()


@pytest.mark.django_db
def test_many_cost_as_many_statements_as_few() -> None:
    cart = CartFactory()

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            bulk_insert.insert([order(cart, f"{count}-{place}") for place in range(count)], keyed=True)
        return len(captured)

    assert statements(bulk_insert.FEW) <= statements(bulk_insert.FEW + 1) == statements(20)


@pytest.mark.django_db
def test_nothing_costs_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        bulk_insert.insert([])
