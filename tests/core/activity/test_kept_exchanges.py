"""What is said to a marketplace is kept, about its order, without anything that is nobody's business, and forgotten."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from carts import connections
from carts.marketplaces.amazon import scrub
from carts.marketplaces.exchange import WireExchange as Said
from carts.models import Bucket
from core.activity import kept_exchanges
from core.activity import tasks as activity_tasks
from core.activity.models import Exchange
from core.common import allowed_fields
from core.common.remote import Unavailable
from orders.models import Order
from shipping.cancellation import cart_cancel
from shipping.delivery import recall
from tests import factories
from tests.world import US, World

CANARY = "canary"
PERSONAL = (
    *("name", "companyName", "addressLine1", "addressLine2", "addressLine3", "districtOrCounty", "city"),
    *("stateOrRegion", "postalCode", "phone", "municipality"),
)


def placed(world: World) -> Order:
    number = place(world)
    world.download()
    world.deliver()
    return world.order(number)


def place(world: World) -> str:
    """An order with a canary in whatever a person wrote, or is known by."""
    note = {"dropOffLocation": CANARY, "addressInstruction": CANARY}
    return world.order_placed(
        lines=[{"sku": "MUG-BLUE", "title": f"{CANARY} mug", "gift_message": f"{CANARY} with love"}],
        address={name: f"{CANARY} {name}" for name in PERSONAL} | {"phone": "+49 221 5550199"},
        overrides={
            "buyer": {
                "buyerName": f"{CANARY} Jane",
                "buyerEmail": f"{CANARY}@buyers.example",
                "buyerCompanyName": f"{CANARY} Ltd",
                "buyerPurchaseOrderNumber": f"{CANARY}-7",
            },
            "recipient": {"deliveryPreference": note},
        },
    )


def speak(world: World, order: Order) -> None:
    assert world.cart.grant
    with connections.marketplace(world.cart.grant) as marketplace:
        marketplace.order(order.number)


def kept() -> list[Exchange]:
    return list(Exchange.objects.order_by("pk"))


def texts() -> str:
    return "\n".join(
        f"{each.operation} {each.method} {each.path} {each.request_id} {each.request} {each.answer}" for each in kept()
    )


def said(**fields: Any) -> Said:
    plain: dict[str, Any] = {"operation": "getOrder", "method": "GET", "path": "/orders/1", "status": 200}
    plain |= {"milliseconds": 5, "request_id": "req-1", "request": "", "answer": ""}
    return Said(**{**plain, **fields})


# -- Keeping -----------------------------------------------------------------------------------------------------------
def test_a_conversation_about_one_order_is_kept_under_that_order(world: World) -> None:
    order = placed(world)
    speak(world, order)

    [single] = kept_exchanges.of_order(order.pk, order.organization_id)

    assert (single.operation, single.method, single.told) == ("getOrder", "GET", ("200", "good"))
    assert single.path.endswith(order.number)
    assert single.request_id
    assert f'"orderId": "{order.number}"' in single.answer
    assert "\n  " in single.answer  # a field on each line
    assert kept_exchanges.of_order(order.pk, order.organization_id + 1) == []


def test_a_page_of_orders_is_about_the_connection_alone(world: World) -> None:
    placed(world)

    [page] = Exchange.objects.filter(operation="searchOrders")

    assert (page.subject_kind, page.subject_id) == ("", None)
    assert page.connection == f"grant-{world.cart.grant_id}"
    assert page.organization == world.organization
    assert [each.operation for each in kept_exchanges.of_connection(page.connection, page.organization_id)] == [
        each.operation for each in reversed(kept())
    ]


def test_a_refusal_and_an_answer_that_never_came_are_kept_too(world: World) -> None:
    order = placed(world)
    world.simulator.fail("getOrder", "503")
    with pytest.raises(Unavailable):
        speak(world, order)

    assert kept_exchanges.of_order(order.pk, order.organization_id)[0].told == ("503", "bad")


def test_many_conversations_are_written_in_one_go(
    world: World, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed(world)
    before = Exchange.objects.count()
    keeper = kept_exchanges.ExchangeRecorder(
        "grant-1", world.organization.pk, find=lambda numbers: {order.number: order.pk}
    )

    with django_assert_num_queries(0):
        for _ in range(kept_exchanges.BATCH - 1):
            keeper(said(order_number=order.number))
    with django_assert_num_queries(3):  # a savepoint, the rows, and the savepoint again
        keeper(said(order_number="another"))

    assert Exchange.objects.count() == before + kept_exchanges.BATCH
    assert len(kept_exchanges.of_order(order.pk, order.organization_id, most=100)) == kept_exchanges.BATCH - 1


def test_keeping_never_fails_whoever_speaks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order = placed(world)
    before = Exchange.objects.count()

    def full(*_: Any, **__: Any) -> None:
        raise DatabaseError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(Exchange.objects, "bulk_create", full)
        speak(world, order)
    assert Exchange.objects.count() == before

    speak(world, order)
    assert Exchange.objects.count() == before + 1


def test_what_no_database_takes_is_made_fit(world: World) -> None:
    keeper = kept_exchanges.ExchangeRecorder("grant-1", world.organization.pk, find=lambda numbers: {})
    keeper(said(answer="a\x00b\ud800", path="/" + "x" * 1000, request_id="r" * 500, status=None, method="PROPPATCH"))
    keeper.write()

    row = kept()[-1]
    assert row.answer == "ab?"
    assert (len(row.path), len(row.request_id), row.status) == (300, 80, None)
    assert kept_exchanges.of_connection("grant-1", world.organization.pk)[0].told == ("No response", "bad")


# -- Nobody's business -------------------------------------------------------------------------------------------------
def test_no_person_and_no_token_ever_stands_in_it(world: World) -> None:
    told, canceled = placed(world), placed(world)
    world.ship(told)
    world.confirm()
    speak(world, told)
    cart_cancel.want(canceled, "NoInventory", by=world.person, now=world.now)
    for _ in range(6):
        recall.recall_orders(now=world.now)
        assert world.cart.grant
        with connections.marketplace(world.cart.grant) as marketplace:
            cart_cancel.cancel_orders([world.cart], marketplace, now=world.now)
        world.later(minutes=3)
    world.simulator.fail("getOrder", "400")
    with pytest.raises(Exception, match="."):
        speak(world, told)

    operations = {each.operation for each in kept()}
    assert {"searchOrders", "getOrder", "confirmShipment"} <= operations
    everything = texts()
    for secret in (CANARY, "5550199", "Atza", "Atzr", "amzn1.oa2", "simulated-secret", "Signature"):
        assert secret not in everything
    assert told.number in everything


def test_a_feed_names_no_person_either_and_stands_under_no_single_order(world: World) -> None:
    numbers = [place(world) for _ in range(13)]
    world.download()
    world.deliver()
    world.ship(*[world.order(number) for number in numbers])
    empty = {"rate": 0.000_001, "burst": 10, "tokens": 0, "filled_at": world.now}
    assert world.cart.grant_id
    Bucket.objects.update_or_create(grant_id=world.cart.grant_id, operation="confirmShipment", defaults=empty)
    for _ in range(6):
        world.confirm()
        world.later(minutes=3)

    of_feeds = [each for each in kept() if "eed" in each.operation]
    verbs = {each.operation for each in of_feeds}
    assert {"createFeedDocument", "uploadFeedDocument", "createFeed", "getFeed"} <= verbs
    assert {each.subject_id for each in of_feeds} == {None}
    assert CANARY not in texts()


NAMED = sorted({*PERSONAL, "buyerName", "giftMessage", "extendedFields"})
KEYS = st.one_of(st.sampled_from(NAMED), st.text(max_size=8).map(lambda text: f"new {text}"))
VALUES = st.recursive(
    st.text(max_size=9).map(lambda text: CANARY + text),
    lambda inner: st.one_of(st.lists(inner, max_size=7), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=20,
)


@given(document=st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_is_not_known_to_be_harmless_is_hidden(document: Mapping[str, Any]) -> None:
    assert CANARY not in scrub.document(document)


def test_a_document_stays_one_however_long_or_deep_it_is() -> None:
    order = {"orderId": "1", "orderItems": [{"orderItemId": str(n), "quantityOrdered": 1} for n in range(10_000)]}
    deep: Any = {}
    for _ in range(5000):
        deep = {"a": deep}

    page = scrub.document({"orders": [order] * 100})

    assert httpx.Response(200, text=page).json()["orders"][0]["orderId"] == "1"
    assert len(page) <= allowed_fields.LIMIT
    assert scrub.document(deep) == allowed_fields.HIDDEN


# -- Forgetting --------------------------------------------------------------------------------------------------------
def test_what_is_old_is_forgotten_a_part_at_a_time(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EXCHANGES_KEPT_DAYS = 14
    monkeypatch.setattr(kept_exchanges, "FORGOTTEN_AT_ONCE", 2)
    monkeypatch.setattr(kept_exchanges, "FORGOTTEN_IN_ALL", 4)
    keeper = kept_exchanges.ExchangeRecorder("grant-1", world.organization.pk, find=lambda numbers: {})
    for _ in range(5):
        keeper(said())
    keeper.write()
    before = Exchange.objects.count()

    world.later(days=13)
    activity_tasks.forget_due()
    assert Exchange.objects.count() == before

    world.later(days=2)
    activity_tasks.forget_due()
    assert Exchange.objects.count() == before - 4
    activity_tasks.forget_due()
    assert Exchange.objects.count() == max(0, before - 8)


def test_the_sweep_is_on_the_schedule(settings: Any) -> None:
    assert "activity.tasks.forget_due" in {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}


# -- Which of them an event came of ------------------------------------------------------------------------------------
def test_the_nearest_of_the_same_operation_that_names_the_package_is_found(world: World) -> None:
    def shown(**fields: Any) -> kept_exchanges.ShownExchange:
        minutes = timedelta(minutes=fields.pop("minutes", 0))
        plain: dict[str, Any] = {"operation": "confirmShipment", "method": "POST", "path": "/", "told": ("204", "good")}
        plain |= {"milliseconds": 1, "request_id": "", "request": "1Z", "answer": "", "at": world.now + minutes}
        return kept_exchanges.ShownExchange(**{**plain, **fields})

    near, far = shown(), shown(minutes=1)
    others = [shown(minutes=3), shown(operation="getOrder"), shown(request="1X")]

    def find(*given: kept_exchanges.ShownExchange) -> kept_exchanges.ShownExchange | None:
        return kept_exchanges.nearest(given, operation="confirmShipment", at=world.now, naming="1Z")

    assert find(*others, far, near) is near
    assert find(*others, far) is far
    assert find(*others) is None


def test_another_sellers_order_of_the_same_number_is_not_meant(world: World) -> None:
    order = placed(world)
    factories.OrderFactory(number=order.number, cart__place_id=US, cart__merchant__organization=world.organization)
    speak(world, order)

    assert Exchange.objects.get(operation="getOrder").subject_id == order.pk


# -- How much of it ----------------------------------------------------------------------------------------------------
def test_of_a_hundred_thousand_told_stocks_only_the_first_are_kept_and_more_of_the_refused(world: World) -> None:
    keeper = kept_exchanges.ExchangeRecorder("grant-1", world.organization.pk, find=lambda numbers: {})
    for number in range(1000):
        keeper(said(operation="patchListingsItem", path=f"/listings/{number}"))
        keeper(said(operation="patchListingsItem", status=400 if number % 2 else None))
        keeper(said(operation="getOrder", order_number="111"))
    keeper.write()

    stock = [each.status for each in kept() if each.operation == "patchListingsItem"]
    assert stock.count(200) == kept_exchanges.WELL
    assert len(stock) == kept_exchanges.WELL + kept_exchanges.BADLY
    assert Exchange.objects.filter(operation="getOrder").count() == 1000
