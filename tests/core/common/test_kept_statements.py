"""A statement that is kept finds what its query set finds, whatever it is asked with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.common.kept_statements import MOST, KeptStatement
from orders.models import Line, Order
from shipping.models import ItemAlias
from tests.factories import CartFactory, OrderFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def plain(rows: list[Any]) -> list[Any]:
    return [{**row.__dict__, "_state": None} if hasattr(row, "__dict__") else row for row in rows]


def test_it_finds_what_its_query_set_finds() -> None:
    cart, other = CartFactory(), CartFactory()
    made = [
        OrderFactory(cart=each, number=f"N-{place}", lines={"MUG": place + 1}, placed_at=AT + timedelta(days=place))
        for place, each in enumerate([cart, cart, other])
    ]
    owner = {"organization": cart.organization, "merchant": cart.merchant}
    ItemAlias.objects.create(**owner, name="MUG BLUE", sku="M-1", made_at=AT)
    pks = [order.pk for order in made]
    asked: list[tuple[Any, list[tuple[Any, ...]]]] = [
        (
            lambda pk, number: Order.objects.filter(pk=pk, number=number).select_related("cart", "cart__merchant"),
            [(pks[0], "N-0"), (pks[1], "N-1"), (pks[1], "N-0"), (0, "' OR 1=1 --%s")],
        ),
        (lambda ids: Line.objects.filter(order__in=ids).order_by("-pk"), [(pks,), (pks[:2],), (pks[1:],), ([],)]),
        (
            lambda ids: Line.objects.filter(order__in=ids).order_by("pk").values_list("sku", "details", "ordered"),
            [(pks * MOST,), (pks,)],
        ),
        (lambda since: Order.objects.filter(placed_at__gte=since).order_by("pk"), [(AT,), (AT + timedelta(hours=1),)]),
        (lambda names: ItemAlias.objects.filter(name__in=names), [(["MUG\tBLUE"],), (["mug blue"],), (["A", "B"],)]),
        (lambda pk: Order.objects.filter(pk__in=[], number=pk), [("N-0",), ("N-1",)]),
        (lambda pk: Order.objects.filter(pk=pk).only("number")[:1], [(pks[2],), (pks[0],)]),
    ]
    for write, calls in asked:
        kept = KeptStatement(write)
        for given in (*calls, *reversed(calls)):
            assert plain(kept.rows(*given)) == plain(list(write(*given))), given
    first = KeptStatement(asked[0][0]).first(pks[2], "N-2")
    with CaptureQueriesContext(connection) as more:
        assert (first.cart.pk, first.cart.name) == (other.pk, other.name)
    assert not more.captured_queries


def test_a_value_that_does_not_come_through_as_it_is_can_not_be_kept() -> None:
    kept = KeptStatement(lambda number: Order.objects.filter(number__icontains=number))

    with pytest.raises(ValueError, match="is changed before it is asked for"):
        kept.rows("N")
