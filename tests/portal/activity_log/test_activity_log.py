"""Activity over everything: who did what and when, to what, found by each of it and read to the end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity import kinds
from core.activity.event_log import record
from core.activity.models import Event
from core.alerts.mail import outbox
from core.api.models import ApiKey
from core.common import clock
from integration_manager.portal.activity_log import event_words
from orders.models import Order
from tests.exchanges import ExchangeFactory
from tests.factories import OrderFactory, make_person
from tests.order_pages import ClientFor

pytestmark = pytest.mark.django_db


def sentences(client: Client, **query: Any) -> list[tuple[str, str]]:
    page = client.get(reverse("activity:page"), query)
    assert page.status_code == 200
    return [(row.text, row.thing) for row in page.context["rows"]]


def test_what_happened_is_found_by_who_what_when_and_to_what(
    owner: Client, acme: Organization, cart: Cart, others_order: Order
) -> None:
    now = clock.now()
    maria = make_person(acme, Role.STAFF)
    mine, late = OrderFactory(cart=cart, number="A-1"), OrderFactory(cart=cart, number="A-2")
    with time_machine.travel(now - timedelta(days=40)):
        record("order.let_go", late, now=clock.now())
    record("order.held", mine, now=now, actor=maria, reason="Held by <b>Maria</b>")
    record("order.let_go", others_order, now=now)
    record("cart.paused", cart, now=now, actor=maria)
    record("performance.exported", acme, now=now, division="cart")
    theirs = OrderFactory()
    record("order.let_go", theirs, now=now)

    everything = sentences(owner)
    assert [thing for _, thing in everything] == ["Organization", cart.full_name, others_order.number, "A-1"]
    assert everything[-1] == ("Held. Held by <b>Maria</b>", "A-1")
    assert len(sentences(owner, who=maria.pk)) == 2
    assert [thing for _, thing in sentences(owner, who="portal")] == ["Organization", others_order.number]
    assert [thing for _, thing in sentences(owner, kind="order")] == [others_order.number, "A-1"]
    assert [thing for _, thing in sentences(owner, kind="cart.paused")] == [cart.full_name]
    assert [thing for _, thing in sentences(owner, merchant=cart.merchant_id)] == [cart.full_name, "A-1"]
    assert [thing for _, thing in sentences(owner, cart=others_order.cart_id)] == [others_order.number]
    assert [thing for _, thing in sentences(owner, order="A-2", period="90")] == ["A-2"]
    assert [thing for _, thing in sentences(owner, order="A-2")] == []
    day = (now - timedelta(days=40)).date().isoformat()
    assert [thing for _, thing in sentences(owner, **{"from": day, "to": day})] == ["A-2"]
    for strange in ({"who": "x"}, {"merchant": "9" * 40}, {"cart": theirs.cart_id}, {"order": theirs.number}):
        assert sentences(owner, **strange) == []


def test_things_and_kinds_are_told_in_words(owner: Client, acme: Organization, cart: Cart) -> None:
    assert cart.grant is not None
    key = ApiKey.objects.create(organization=acme, name="Scanner", public_id="im_1", digest="x", made_at=clock.now())
    mail = outbox.owe(
        organization_id=acme.pk,
        to="jo@elsewhere.example",
        subject="-",
        text="-",
        cause="setup_link.sent",
        now=clock.now(),
    )
    record("api_key.revoked", key, now=clock.now(), name="Scanner", key="im_1")
    record("grant.given_back", cart.grant, now=clock.now())
    record("mail.given_up", mail, now=clock.now())

    page = owner.get(reverse("activity:page"))

    assert [(row.kind, row.thing, bool(row.url)) for row in page.context["rows"]] == [
        ("Email: given up", "An email", False),
        ("Authorization: given up", f"{cart.merchant} · {cart.grant}", False),
        ("API key: revoked", "API key Scanner (im_1)", True),
    ]
    assert '<optgroup label="API keys">' in page.content.decode()
    declared = {kind.name for kind in kinds.declared()}
    assert {name.partition(".")[0] for name in declared} == set(event_words.HEADS)
    assert set(event_words.DEEDS) - declared == set(), "words for what cannot happen any more"


def test_a_long_history_is_read_to_its_end_on_pages_and_as_a_file(
    owner: Client, client_for: ClientFor, seller: Client, cart: Cart, django_assert_num_queries: Any
) -> None:
    order = OrderFactory(cart=cart)
    with django_assert_num_queries(40, exact=False) as few:
        sentences(owner)
    for _ in range(120):
        record("order.let_go", order, now=clock.now())

    with django_assert_num_queries(40, exact=False) as many:
        first = owner.get(reverse("activity:page"))
    assert len(few.captured_queries) + 1 >= len(many.captured_queries)  # the one that names orders
    seen, listing = [], first.context["listing"]
    while True:
        seen += [event.pk for event in listing.rows]
        if not listing.query_older:
            break
        listing = owner.get(reverse("activity:page") + listing.query_older).context["listing"]
    assert seen == list(
        Event.objects.filter(organization=cart.organization).order_by("-pk").values_list("pk", flat=True)
    )
    assert len(seen) == 120

    lines = b"".join(owner.get(reverse("activity:export")).streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "When,Who,Kind,What,To what"
    assert len(lines) == 1 + 121  # that it was exported is in it
    assert Event.objects.filter(kind="activity.exported").count() == 1
    assert client_for(Role.STAFF).get(reverse("activity:page")).status_code == 403
    assert seller.get(reverse("activity:requests")).status_code == 403


def test_a_request_is_found_by_order_request_id_or_operation(
    owner: Client, stranger: Client, cart: Cart, others_order: Order, django_assert_num_queries: Any
) -> None:
    order = OrderFactory(cart=cart, number="702-1")
    said = {"organization": cart.organization, "connection": f"grant-{cart.grant_id}", "at": clock.now()}
    ExchangeFactory(**said, operation="confirmShipment", subject_kind="order", subject_id=order.pk, request_id="r-1")
    ExchangeFactory(**said, operation="confirmShipment", subject_kind="order", subject_id=others_order.pk, status=429)
    ExchangeFactory(**said, operation="searchOrders", request_id="r-3")

    def found(client: Client, **query: str) -> list[str]:
        page = client.get(reverse("activity:requests"), query)
        return [f"{row['said'].operation} {row['order'] or row['said'].request_id}" for row in page.context["rows"]]

    assert found(owner, q="702-1") == ["confirmShipment 702-1"]
    assert found(owner, q="r-3") == ["searchOrders r-3"]
    assert found(owner, q="confirmshipment") == [f"confirmShipment {others_order}", "confirmShipment 702-1"]
    assert found(owner, q="confirmShipment", requests="failed") == [f"confirmShipment {others_order}"]
    assert len(found(owner)) == 3
    assert found(owner, q="702") == []
    assert found(stranger, q="r-3") == found(stranger) == []
    with django_assert_num_queries(40, exact=False) as few:
        found(owner)
    for _ in range(20):
        ExchangeFactory(**said, subject_kind="order", subject_id=OrderFactory(cart=cart).pk)
    with django_assert_num_queries(40, exact=False) as many:
        assert len(found(owner)) == 23
    assert len(many.captured_queries) == len(few.captured_queries)
