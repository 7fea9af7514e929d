"""What happened becomes one message for each endpoint that wants it: none is missed, and none has two ids."""

from datetime import timedelta

import pytest

from carts.events import KINDS as CARTS
from core.accounts.models import Organization
from core.activity import kinds
from core.activity.event_log import event, record
from core.activity.models import Event
from core.common import clock
from core.webhooks import log_gaps, log_reader, messages, webhook_types
from core.webhooks.log_gaps import Gap, Horizon
from core.webhooks.models import Delivery, Endpoint, LogPosition
from orders.models import Order
from tests.core.webhooks.conftest import AddEndpoint
from tests.factories import CartFactory, MerchantFactory, OrderFactory

pytestmark = pytest.mark.django_db
URL = "https://wms.example/hooks"


@pytest.fixture
def order(acme: Organization) -> Order:
    return OrderFactory(cart__merchant__organization=acme)


def held(order: Order, **fields: object) -> Event:
    made = event("order.held", order, now=clock.now(), reason="No address")
    for name, value in fields.items():
        setattr(made, name, value)
    made.save(force_insert=True)
    return made


def told(endpoint: Endpoint) -> list[int | None]:
    return list(Delivery.objects.filter(endpoint=endpoint).order_by("event").values_list("event", flat=True))


def read() -> int:
    return log_reader.read_log(now=clock.now())


def test_every_message_comes_of_an_event_that_may_happen() -> None:
    assert CARTS
    assert [kind for kind in webhook_types.event_kinds() if kinds.find(kind) is None] == []
    for each in webhook_types.declared():
        for source in each.sources:
            found = kinds.find(source.kind)
            assert found is not None
    names = {each.name for each in webhook_types.declared()}
    asked = {"order.ready", "order.changed", "order.canceled", "shipment.confirmed", "shipment.refused"}
    assert {*asked, "cart.disconnected"} <= names


def test_what_happened_is_told_once_whoever_reads_again(add: AddEndpoint, order: Order) -> None:
    first, second = add(URL), add(URL)
    happened = held(order)

    assert read() == 2
    LogPosition.objects.update(read_to=0)  # as if the worker had died before it wrote down how far it was
    read()

    assert told(first) == told(second) == [happened.pk]
    ids = set(Delivery.objects.values_list("message_id", flat=True))
    assert ids == {first.message_id(happened.pk), second.message_id(happened.pk)}
    assert len(ids) == 2


def test_what_happened_before_an_endpoint_was_added_is_not_told(add: AddEndpoint, order: Order) -> None:
    held(order)
    early = add(URL)
    between = held(order)
    late = add(URL)
    read()

    assert told(early) == [between.pk]
    assert told(late) == []


def test_a_message_names_ids_and_no_buyer(add: AddEndpoint, order: Order) -> None:
    add(URL)
    happened = held(order)
    read()

    message = Delivery.objects.get()
    assert message.type == "order.held"
    assert f'"event_id":"evt_{happened.pk}"' in message.body
    assert f'"number":"{order.number}"' in message.body
    assert f'"merchant_id":"mer_{order.merchant_id}"' in message.body
    assert "Jane" not in message.body
    assert "Main Street" not in message.body


def test_a_long_reason_is_cut_and_a_message_stays_small(add: AddEndpoint, order: Order) -> None:
    add(URL)
    record("order.held", order, now=clock.now(), reason="x" * 50_000)
    record("cart.disconnected", order.cart, now=clock.now())
    for _ in range(30):
        CartFactory(merchant=order.cart.merchant, name="ü" * 80)
    read()

    assert all(len(body.encode()) < messages.LARGEST for body in Delivery.objects.values_list("body", flat=True))


def test_an_endpoint_gets_its_merchants_messages_and_the_kinds_it_wants(add: AddEndpoint, order: Order) -> None:
    other = MerchantFactory(organization=order.organization)
    theirs = OrderFactory(cart__merchant=other)
    stranger = OrderFactory()
    of_other, of_kind = add(URL, merchant=other), add(URL, types=["order.received"])
    seen = [held(each) for each in (order, theirs, stranger)]
    record("order.downloaded", order, now=clock.now(), cart="Amazon.com")
    read()

    assert told(of_other) == [seen[1].pk]
    assert list(of_kind.deliveries.values_list("type", flat=True)) == ["order.received"]


def test_an_endpoint_that_is_off_gets_none(add: AddEndpoint, order: Order) -> None:
    on, off = add(URL), add(URL)
    Endpoint.objects.filter(pk=off.pk).update(disabled_at=clock.now())
    held(order)
    read()

    assert (len(told(on)), told(off)) == (1, [])


# -- Numbers that come out of order ------------------------------------------------------------------------------------
@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Transactions of a database that lets several write at once: the oldest that runs, and the next to begin."""
    state = {"oldest": 100, "following": 105}
    monkeypatch.setattr(Horizon, "now", classmethod(lambda cls: Horizon(state["oldest"], state["following"])))
    return state


def next_number() -> int:
    read()
    return LogPosition.objects.get().read_to + 1


def test_what_commits_late_under_an_earlier_number_is_told(
    add: AddEndpoint, order: Order, running: dict[str, int]
) -> None:
    endpoint = add(URL)
    base = next_number()
    held(order, pk=base + 3)
    read()
    held(order, pk=base + 1)  # its transaction began earlier and took longer
    read()

    assert told(endpoint) == [base + 1, base + 3]
    held(order, pk=base + 9)
    read()
    held(order, pk=base)
    read()
    assert told(endpoint) == [base, base + 1, base + 3, base + 9]


def test_what_was_rolled_back_is_looked_for_no_longer_than_somebody_may_bring_it(
    add: AddEndpoint, order: Order, running: dict[str, int]
) -> None:
    add(URL)
    now = clock.now()
    held(order, pk=next_number() + 3)
    read()
    assert LogPosition.objects.get().gaps

    running.update(oldest=104, following=200)  # one that ran then still runs
    log_reader.read_log(now=now + timedelta(days=2))
    assert LogPosition.objects.get().gaps

    running.update(oldest=105)
    log_reader.read_log(now=now + timedelta(days=2))
    assert LogPosition.objects.get().gaps == []


def test_a_number_just_handed_out_is_waited_for(add: AddEndpoint, order: Order, running: dict[str, int]) -> None:
    add(URL)
    held(order, pk=next_number() + 1)
    read()
    running.update(oldest=500, following=500)
    read()

    assert LogPosition.objects.get().gaps  # its transaction may be known by no number yet


def test_a_gap_falls_into_parts() -> None:
    now = clock.now()
    gap = Gap(10, 20, 1, now)

    assert [(part.first, part.last) for part in gap.without([10, 15, 20])] == [(11, 14), (16, 19)]
    assert gap.without(range(10, 21)) == []
    assert [(part.first, part.last) for part in log_gaps.between(4, [7, 9], Horizon(1, 2), now=now)] == [(5, 6), (8, 8)]
    assert Gap.of_row(gap.kept) == gap
