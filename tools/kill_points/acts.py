"""What happens in one process: the sweeps of a worker, what people press, and looking at what there is."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from carts import checks, create, lifecycle
from carts.consent import grants
from carts.marketplaces.values import Tokens
from carts.models import Cart, Grant
from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization, User
from core.alerts.models import Alert
from core.common import clock
from core.common.errands import ErrandState
from core.people.invitations import sent_invitations
from core.upkeep import installation
from core.webhooks import endpoint_records
from core.webhooks.models import Delivery
from integration_manager.celery import app
from integration_manager.doctor import owed_work
from inventory.models import StockLevel, StockUpdate
from orders.models import Order, OrderStatus
from shipping import tasks
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Confirmation, Package, Release, Route, Warehouse, WarehouseAccount
from shipping.routing import make_portal_warehouse, routes_for

COUNTED = 40


def furnish(*, sellers: list[dict[str, str]], warehouse_url: str, hook: str) -> None:
    """A 3PL with two sellers: what one sells is shipped by hand, what the other sells by 3PL Warehouse Manager."""
    call_command("migrate", verbosity=0, interactive=False)
    organization = Organization.objects.create(name="Killed 3PL")
    person = User.objects.create_user("staff@killed.example", name="Maria Ortiz")
    owner = Membership.objects.create(organization=organization, user=person, role=Role.OWNER)
    make_portal_warehouse(organization, "Reno")
    for seller in sellers:
        now = clock.now()
        merchant = Merchant.objects.create(organization=organization, name=seller["name"])
        cart = create.make_cart(
            merchant, kind="amazon", place_id=seller["place"], name=seller["name"], grant=None, by=person, now=now
        )
        tokens = Tokens(access_token="", expires_in=0, refresh_token=seller["refresh_token"])
        grants.bind(cart, seller_id=seller["seller_id"], tokens=tokens, by=person, now=now)
        cart.refresh_from_db()
        checks.check(cart, by=person, now=now)
        cart.refresh_from_db()
        lifecycle.turn_on(cart, by=person, now=now)
        Cart.objects.filter(pk=cart.pk).update(orders_every=1, shipments_every=1, inventory_every=1)
    _connect_warehouse(organization, Cart.objects.order_by("-pk")[0], warehouse_url)
    endpoint_records.add(organization, {"url": hook, "types": [], "merchant": None}, by=person, now=clock.now())
    sent_invitations.invite(organization, "jo@killed.example", Role.STAFF, None, by=owner, now=clock.now())


def _connect_warehouse(organization: Organization, cart: Cart, url: str) -> None:
    browser = _browser()
    browser.post(reverse("shipping:new_warehouse"), {"name": "Columbus", "kind": "extensiv"})
    warehouse = Warehouse.objects.get(name="Columbus")
    said = {"client_id": "demo-client", "client_secret": "demo-secret", "user_login": "1", "facility": "1"}
    said |= {"zone": "America/Los_Angeles", "base_url": url}
    answer = browser.post(reverse("shipping:connection", args=[warehouse.pk]), said)
    assert answer.status_code == 302, answer.content.decode()
    tasks.look_at_warehouse(warehouse_id=warehouse.pk)
    browser.post(reverse("shipping:match_accounts", args=[warehouse.pk]), {f"merchant_{cart.merchant_id}": "4"})
    assert WarehouseAccount.objects.filter(warehouse=warehouse).exists()
    Route.objects.filter(pk=routes_for([cart])[cart.pk].pk).update(warehouse=warehouse)


def _browser() -> Client:
    browser = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    browser.force_login(
        User.objects.get(email="staff@killed.example"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    return browser


def resume() -> None:
    """This copy of the database is the one that sends."""
    installation.resume()


def sweep() -> list[str]:
    """Everything that is on the schedule, and what it rings for. Returns what failed."""
    app.conf.task_always_eager = True
    failed = []
    for name in settings.SWEEPS:
        done = app.tasks[name].apply()
        if done.failed():
            failed.append(f"{name}: {done.result!r}")
    return failed


def count() -> None:
    """Somebody counts what is on the shelves at Reno."""
    levels = StockLevel.objects.filter(warehouse__name="Reno")
    levels.update(on_hand=COUNTED, observed_at=clock.now(), settled_until=None)
    Cart.objects.update(inventory_due_at=clock.now())


def ship() -> int:
    """Ship and Close what is at the warehouse that has no system of its own."""
    app.conf.task_always_eager = True
    here = Release.objects.filter(warehouse__name="Reno").values("order")
    orders = list(Order.objects.filter(status=OrderStatus.AT_WMS, pk__in=here))
    if not orders:
        return 0
    data: dict[str, Any] = {"order": [order.pk for order in orders], "carrier": "UPS", "scac": "UPSN"}
    data |= {"service": "Ground", "shipped_on": f"{clock.now():%Y-%m-%d}"}
    data |= {f"tracking_{order.pk}": ups_number("999AA1", order.pk) for order in orders}
    browser, url = _browser(), reverse("shipping:close")
    answer = browser.post(url, data)
    if answer.status_code == 200 and (dialog := (answer.context or {}).get("dialog")) is not None:
        browser.post(url, {**data, "anyway": dialog.warned, "charges_seen": dialog.charged_as})
    return len(orders)


def look() -> dict[str, Any]:
    """What there is, for the driver to compare with the other sides' journals."""
    now = clock.now()
    alerts = Alert.objects.filter(closed_at=None)
    stranded = Grant.objects.filter(pulling_until__lt=now - timedelta(minutes=10)).count()
    return {
        "orders": dict(Order.objects.values_list("number", "status")),
        "packages": [list(each) for each in Package.objects.values_list("order__number", "tracking_number")],
        "releases": dict(Counter(Release.objects.values_list("order__number", flat=True))),
        "unconfirmed": list(
            Confirmation.objects.exclude(state=ErrandState.DONE).values_list("package__order__number", flat=True)
        ),
        "alerts": [list(each) for each in alerts.values_list("cause", "message")],
        "alerted": list(
            Order.objects.filter(pk__in=alerts.filter(subject_kind="order").values("subject_id")).values_list(
                "number", flat=True
            )
        ),
        "owed": {kind.name: [kind.owed, kind.stuck] for kind in owed_work.kinds(now=now) if kind.owed or kind.stuck},
        "stock": {
            sku: [wanted, told] for sku, wanted, told in StockUpdate.objects.values_list("sku", "wanted", "told")
        },
        "undelivered": Delivery.objects.filter(delivered_at=None).count(),
        "stranded": stranded,
        "paused": installation.said_paused(),
    }
