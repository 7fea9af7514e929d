"""Every address of the portal, asked for by everybody: what is somebody else's is not there at all.

Every route, as every role, for the role's own thing, for the like of another 3PL, and for one that is not there. An
address with an argument nobody described here, and one without a door nobody gave a reason for, fails the test.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.accounts.access import ABILITIES, Ability, Role
from core.accounts.models import Invitation, Merchant, Organization
from core.alerts.handling.alert_choice import AlertChoice
from core.alerts.mail import outbox
from core.alerts.models import RetryPlan
from core.api import keys
from core.common import clock, links
from core.files import kept_files
from core.files.kept_files import KeptApart
from core.files.models import FileKind, MerchantExport
from core.ui.page_above import page_above
from core.webhooks import endpoint_records, trial_message
from orders import legal_holds
from orders.models import SavedFilter
from shipping.models import CurrencyRate, ShipmentBatch, Warehouse
from shipping.routing import make_portal_warehouse
from simulator.amazon import Simulator
from tests import factories
from tests.api_client import Program
from tests.routing_rule_factory import RoutingRuleFactory
from tests.subscribers import make_subscription
from tests.tracking_sheets import make_sheet

# Without a log-in, and why.
OPEN = {
    "livez": "asked for by machines",
    "readyz": "asked for by machines",
    "healthz": "asked for by machines",
    "logo": "mails and pages for sellers show it; its address is a secret that nobody guesses",
    "people:invitation": "whoever is invited has no account yet; the link is the key",
    "alerts:choose": "whoever is told by mail chooses what; the link in the mail is the key",
    "alerts:outside": "whoever is told by mail reads the one alert; the signed link in the mail is the key",
    "subscriptions:overview": "whoever is told by mail reads a merchant's overview; the link in the mail is the key",
    "alerts:stop": "whoever is told by mail ends it; the link in the mail is the key",
    "setup_links:link": "a seller without an account; the link is the key",
    "setup_links:grant": "a seller without an account; the link is the key",
    "setup_links:choose": "a seller without an account who opened several links; the session is the key",
    "setup_links:new": "a seller without an account asks for a new link; tells nothing",
    "setup_links:asked": "what a seller reads after asking; tells nothing",
    "setup_links:done": "what a seller reads after authorizing; tells nothing but to the browser that did",
    "carts:returned": "sellers come back from the marketplace without an account; the state is the key",
    "carts:login": "authorizations begin at the marketplace, without a session here",
}
# With a log-in and no ability, and why.
EVERYBODY = {
    "dashboard": "says so to who belongs to no organization",
    "people:name": "one's own name is nobody else's, whichever organization one works in",
    "people:organizations": "which organization one works in is just what it asks",
}
# Pages that more people may look at than change.
CHANGING = {
    "carts:settings": Ability.CONNECT,
    "inventory:cart": Ability.CONNECT,
    "merchants:merchant": Ability.CONNECT,
    "inventory:inventory": Ability.COUNT,
    "inventory:items": Ability.COUNT,
    "inventory:level": Ability.COUNT,
    "inventory:shared_stock": Ability.CONNECT,
    "orders:filters": Ability.CONNECT,
    "shipping:carriers": Ability.MAP,
    "shipping:methods": Ability.MAP,
    "shipping:reconcile": Ability.SHIP,
    "shipping:routing": Ability.MAP,
    "shipping:rules": Ability.MAP,
    "shipping:shipping": Ability.MAP,
}
# A saved filter belongs to a person of the 3PL and to no merchant: sellers have none. Its warehouses, carriers and the
# rules for all carts are the 3PL's own.
NOT_FOR_SELLERS = {
    "settings:area",
    "shipping:warehouses",
    "shipping:warehouse_status",
    "shipping:warehouse_timeline",
    "orders:change_filter",
    "orders:delete_filter",
    "orders:save_filter",
    "shipping:carriers",
    "shipping:routing",
    "shipping:rules",
    "shipping:shipping",
}
ELSEWHERE = ("account_", "mfa_", "usersessions_")  # allauth's own, tested there
# Asked with a key, and looked at in tests/test_api_tenancy.py, tests/cartrover and tests/shipping/custom_store.
FOR_PROGRAMS = {"api", "cartrover", "shipstation"}
ABSENT = 999_999_999


def routes(patterns: list[Any], space: str = "") -> Iterator[tuple[str, list[str], Ability | None]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace in FOR_PROGRAMS:
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name and not pattern.name.startswith(ELSEWHERE):
            ability = getattr(pattern.callback, "ability", None)
            yield f"{space}{pattern.name}", list(pattern.pattern.converters), ability


EVERY = sorted(routes(get_resolver().url_patterns))
ROUTES = [route for route in EVERY if route[0] not in OPEN]
OWNED = [route for route in ROUTES if route[1]]
Things = dict[str, Any]


def things_of(organization: Organization) -> Things:
    """Return what belongs to a 3PL, by the name of the argument that names it; one merchant's, where it can be."""
    order = factories.OrderFactory(cart__merchant__organization=organization)
    now, link = clock.now(), links.make()
    invitation = Invitation.objects.create(
        organization=organization,
        email="nina@northwind.example",
        role=Role.STAFF,
        nonce=link.nonce,
        digest=link.digest,
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    mail = outbox.owe(
        organization_id=organization.pk,
        merchant_id=order.merchant_id,
        to="nina@northwind.example",
        subject="Hello",
        text="Hello",
        cause="setup_link.sent",
        now=now,
    )
    batch = ShipmentBatch.objects.create(
        organization=organization, by=factories.make_person(organization), made_at=now, due_at=now, state="done"
    )
    owner = factories.make_person(organization)
    wanted: Things = {"url": "https://wms.example/hooks", "merchant": None, "types": []}
    endpoint = endpoint_records.add(organization, wanted, by=owner, now=now)
    desk = Warehouse.objects.create(organization=organization, kind="shipstation", name="Desk")
    system = Warehouse.objects.create(organization=organization, kind="extensiv", name="Columbus")
    filed = factories.CartFactory(
        kind="csv", place_id="csv", grant=None, merchant=order.merchant, organization=organization
    )
    order_file, _ = kept_files.take_in(filed, FileKind.ORDERS, "orders.csv", "Order,SKU\n1,MUG\n", now=now)
    wrong = KeptApart("1", [2], "It has no address.", [["1", "MUG"]])
    kept_files.keep_rows(order_file, ["Order", "SKU"], [wrong], now=now)
    tracking = kept_files.write_out(filed, FileKind.TRACKING, "order_number\n", now=now, counts={"packages": 1})
    boxes = Warehouse.objects.create(organization=organization, kind="csv", name="Boxes")
    sent = kept_files.write_out(
        boxes, FileKind.ORDERS, "order_number\n", now=now, counts={"orders": 0, "order_ids": []}
    )
    shipped, _ = kept_files.take_in(boxes, FileKind.SHIPMENTS, "s.csv", "Order,Tracking\n1,2\n", now=now)
    kept_files.keep_rows(shipped, ["Order", "Tracking"], [wrong], now=now)
    stock, _ = kept_files.take_in(
        boxes, FileKind.STOCK, "stock.csv", "sku,qty\n,2\n", now=now, merchant_id=order.merchant_id
    )
    kept_files.keep_rows(stock, ["sku", "qty"], [wrong], now=now)
    key, _ = keys.issue(organization, name="Desk", scopes=[], by=None, now=now, warehouse_id=desk.pk)
    return {
        "hold_id": legal_holds.put(order, "A claim", by=owner, now=now).pk,
        "endpoint_id": endpoint.pk,
        "delivery_id": trial_message.send(endpoint, by=owner, now=now).pk,
        "order_id": order.pk,
        "batch_id": batch.pk,
        "rule_id": factories.MethodRuleFactory(cart=order.cart).pk,
        "routing_rule_id": RoutingRuleFactory(warehouse__organization=organization).pk,
        "package_id": factories.PackageFactory(shipment__order=order).pk,
        "filter_id": factories.SavedFilterFactory(organization=organization).pk,
        "cart_id": order.cart_id,
        "merchant_id": order.merchant_id,
        "mail_id": mail.pk,
        "plan_id": RetryPlan.objects.create(
            organization=organization,
            merchant_id=order.merchant_id,
            cause="order.not_released",
            choice=AlertChoice("order.not_released").kept,
            because="The SKU is there now.",
            by=owner,
            made_at=now,
            due_at=now,
            total=1,
            last_alert=1,
        ).pk,
        "export_id": MerchantExport.objects.create(
            organization=organization,
            merchant=order.merchant,
            of_house=False,
            made_at=now,
            due_at=now,
            table_count=1,
            state="done",
        ).pk,
        "sheet_id": make_sheet(organization).pk,
        "subscription_id": make_subscription(order.cart).pk,
        "membership_id": factories.MembershipFactory(organization=organization, role=Role.VIEWER).pk,
        "invitation_id": invitation.pk,
        "warehouse_id": make_portal_warehouse(organization, "Reno").pk,
        "csv_cart_id": filed.pk,
        "csv_id": boxes.pk,
        "order_file_id": sent.pk,
        "shipment_file_id": shipped.pk,
        "stock_file_id": stock.pk,
        "file_id": order_file.pk,
        "tracking_file_id": tracking.pk,
        "desk_id": desk.pk,
        "system_id": system.pk,
        "desk_key_id": key.pk,
        "key_id": Program(organization).key.pk,
        "rate_id": CurrencyRate.objects.create(
            organization=organization, currency="CAD", rate=Decimal("0.75"), since=now.date()
        ).pk,
        "level_id": factories.StockLevelFactory(merchant=order.merchant).pk,
    }


@pytest.fixture
def theirs(db: None) -> Things:
    """What belongs to another 3PL."""
    return things_of(factories.OrganizationFactory())


@pytest.fixture
def ours(db: None) -> Things:
    return things_of(factories.OrganizationFactory())


def client_of(things: Things, role: Role) -> Client:
    merchant = Merchant.objects.select_related("organization").get(pk=things["merchant_id"])
    client = Client()
    seller_of = merchant if role == Role.SELLER else None
    person = factories.make_person(merchant.organization, role, merchant=seller_of)
    SavedFilter.objects.filter(pk=things["filter_id"]).update(user=person)
    client.force_login(person)
    return client


def arguments_of(names: list[str], values: Things) -> Things:
    unknown = set(names) - set(values)
    assert not unknown, f"say in tests/test_tenancy.py whose {unknown} is"
    return {name: values[name] for name in names}


def said(answer: Any) -> bytes:
    """Return what a page says, without the token of its forms, which is another one each time."""
    return re.sub(rb"""(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*""", rb"\1", answer.content)


def undone(asking: Callable[..., Any], *given: Any) -> Any:
    """Ask, and undo what it changed."""
    before = transaction.savepoint()
    try:
        return asking(*given)
    finally:
        transaction.savepoint_rollback(before)


def ask(client: Client, method: str, address: str) -> Any:
    return undone(getattr(client, method), address)


def is_only_sent_to(answer: Any, address: str) -> bool:
    """Whether nobody can open it: whoever tries is led to the page above, whatever there is."""
    return answer.status_code == 405 or (answer.status_code == 302 and answer["Location"] == page_above(address))


def test_every_address_has_a_door_or_a_reason() -> None:
    without = {name for name, _, ability in EVERY if ability is None}

    assert without == {*OPEN, *EVERYBODY}


def marks_of(role: Role) -> list[pytest.MarkDecorator]:
    """An owner's and a seller's queries are played on both databases; the others' differ from them in what is shown."""
    return [] if role in {Role.OWNER, Role.SELLER} else [pytest.mark.one_database]


@pytest.mark.parametrize("role", [pytest.param(role, marks=marks_of(role), id=role) for role in Role])
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_role_finds_its_own_and_nobody_elses(
    role: Role, method: str, ours: Things, theirs: Things, simulator: Simulator
) -> None:
    client = client_of(ours, role)
    wrong = []
    for name, arguments, ability in ROUTES:
        ability = CHANGING.get(name, ability) if method == "post" else ability
        address = reverse(name, kwargs=arguments_of(arguments, ours))
        own = ask(client, method, address)
        if own.status_code == 405 or (method == "get" and is_only_sent_to(own, address)):
            continue
        if role == Role.SELLER and name in NOT_FOR_SELLERS:
            wrong += [(name, "own", own.status_code)] if own.status_code != 404 else []
        elif ability and ability not in ABILITIES[role]:
            wrong += [(name, "own", own.status_code)] if own.status_code != 403 else []
        elif own.status_code in {403, 404} and name not in EVERYBODY:
            wrong.append((name, "own", own.status_code))
        if arguments:
            foreign = ask(client, method, reverse(name, kwargs=arguments_of(arguments, theirs)))
            absent = ask(client, method, reverse(name, kwargs=dict.fromkeys(arguments, ABSENT)))
            if foreign.status_code not in {403, 404}:
                wrong.append((name, "foreign", foreign.status_code))
            if (foreign.status_code, said(foreign)) != (absent.status_code, said(absent)):
                wrong.append((name, "foreign is not like absent", foreign.status_code))

    assert wrong == []


def test_a_seller_finds_nothing_of_another_merchant(ours: Things, simulator: Simulator) -> None:
    organization = Merchant.objects.get(pk=ours["merchant_id"]).organization
    other = factories.MerchantFactory(organization=organization)
    client = Client()
    client.force_login(factories.make_person(organization, Role.SELLER, merchant=other))

    found = {
        name: answer.status_code
        for name, arguments, _ in OWNED
        for method in ("get", "post")
        if (answer := ask(client, method, address := reverse(name, kwargs=arguments_of(arguments, ours)))).status_code
        not in {403, 404}
        and not is_only_sent_to(answer, address)
    }

    assert found == {}


def test_whoever_is_not_logged_in_is_sent_to_log_in(theirs: Things, client: Client) -> None:
    for name, arguments, _ in ROUTES:
        for method in ("get", "post"):
            address = reverse(name, kwargs=arguments_of(arguments, theirs))
            answer = ask(client, method, address)

            assert answer.status_code in {302, 405}, name
            if not is_only_sent_to(answer, address):
                assert answer.headers["Location"].startswith(reverse("account_login")), name


def test_a_person_without_an_organization_finds_nothing(theirs: Things, client: Client) -> None:
    client.force_login(factories.UserFactory())

    opened = {
        name
        for name, given, _ in OWNED
        if (answer := ask(client, "get", address := reverse(name, kwargs=arguments_of(given, theirs)))).status_code
        != 404
        and not is_only_sent_to(answer, address)
    }

    assert opened == set()
