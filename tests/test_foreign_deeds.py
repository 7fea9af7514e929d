"""What one does, and what one is told by it, is about one's own 3PL alone: also for who works for two of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.accounts import workplace
from core.accounts.access import Role
from core.accounts.models import Merchant, Organization
from core.alerts.mail import mail_server, outbox
from core.alerts.models import Mail
from core.api.key_pages import views as key_views
from core.common import clock
from inventory.models import StockUpdate
from orders.models import HeldFor, Order, OrderStatus, SavedFilter
from shipping.connection import look
from shipping.models import CurrencyRate, MonthSum, ShipmentBatch, SummedMonth, WarehouseAccess, WarehouseAccount
from shipping.performance import day_refresh
from shipping.routing import make_portal_warehouse, routes_for
from shipping.warehouses.base import SystemAccount
from tests import factories
from tests.api_client import Program
from tests.cartrover.client import OldClient
from tests.planted_rows import Planter
from tests.test_tenancy import said
from tests.tracking_sheets import make_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def acme(db: None) -> Organization:
    return factories.OrganizationFactory(name="Acme")


@pytest.fixture
def zebra(db: None) -> Organization:
    return factories.OrganizationFactory(name="Zebra")


@pytest.fixture
def owner(acme: Organization) -> Client:
    client = Client()
    client.force_login(factories.make_person(acme))
    return client


def test_who_works_for_two_3pls_finds_what_they_shipped_for_this_one(acme: Organization, zebra: Organization) -> None:
    person, client = factories.make_person(acme), Client()
    factories.MembershipFactory(organization=zebra, user=person, role=Role.OWNER)
    ShipmentBatch.objects.create(organization=zebra, by=person, made_at=clock.now(), due_at=clock.now(), state="done")
    client.force_login(person)

    assert client.get(reverse("shipping:closed"))["Location"] == reverse("orders:orders")


def test_a_view_saved_for_one_3pl_leaves_that_of_the_same_name_for_another(
    acme: Organization, zebra: Organization
) -> None:
    person, client = factories.make_person(acme), Client()
    factories.MembershipFactory(organization=zebra, user=person, role=Role.OWNER)
    other = factories.SavedFilterFactory(organization=zebra, user=person, name="Bench", query="tab=new")
    client.force_login(person)

    client.post(reverse("orders:save_filter") + "?tab=all", {"name": "Bench", workplace.MARK: acme.pk})

    other.refresh_from_db()
    assert other.query == "tab=new"
    assert SavedFilter.objects.filter(organization=acme, name="Bench").exists()


def test_keys_of_others_do_not_count(owner: Client, zebra: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_views, "MOST_KEYS", 1)
    Program(zebra)

    assert owner.post(reverse("api_keys:new"), {"name": "Reno", "scopes": ["orders:read"]}).status_code == 200


def test_orders_of_others_stay_held_when_somebody_looks_again(owner: Client, zebra: Organization) -> None:
    cart = factories.CartFactory(merchant=factories.MerchantFactory(organization=zebra))
    order = factories.OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.UNROUTED)
    make_portal_warehouse(zebra)
    routes_for([cart])

    owner.post(reverse("shipping:routing"), {"action": "look_again"})
    assert Order.objects.get(pk=order.pk).status == OrderStatus.HELD

    own = Client()
    own.force_login(factories.make_person(zebra))
    own.post(reverse("shipping:routing"), {"action": "look_again"})
    assert Order.objects.get(pk=order.pk).status == OrderStatus.NEW


def test_mail_of_others_does_not_say_that_ones_own_leaves(
    owner: Client, acme: Organization, zebra: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_server, "reaches_mailboxes", lambda: True)

    def has_left(organization: Organization) -> bool:
        outbox.owe(
            organization_id=organization.pk, merchant_id=None, to="nina@northwind.example", subject="Hello",
            text="Hello", cause="setup_link.sent", now=clock.now(),
        )  # fmt: skip
        Mail.objects.update(sent_at=clock.now())
        [step] = [
            each for each in owner.get(reverse("dashboard")).context["first_steps"] if each.label.startswith("Mail")
        ]
        return bool(step.is_done)

    assert not has_left(zebra)
    assert has_left(acme)


def test_a_sheet_of_others_is_not_named_beside_a_batch(owner: Client, acme: Organization, zebra: Organization) -> None:
    batch = ShipmentBatch.objects.create(
        organization=acme, by=factories.make_person(acme), made_at=clock.now(), due_at=clock.now(), state="done"
    )

    def sheet(organization: Organization) -> Any:
        return owner.get(batch.get_absolute_url(), {"sheet": make_sheet(organization).pk}).context["sheet"]

    assert sheet(acme) is not None
    assert sheet(zebra) is None


def test_stock_of_others_is_not_short_for_ones_own_orders(
    owner: Client, acme: Organization, zebra: Organization
) -> None:
    for organization in (acme, zebra):
        merchant = factories.MerchantFactory(organization=organization)
        cart, warehouse = factories.CartFactory(merchant=merchant), make_portal_warehouse(organization, "Reno")
        factories.RouteFactory(cart=cart, warehouse=warehouse)
        factories.OrderFactory(cart=cart, status=OrderStatus.NEW, lines={"MUG": 5})
        factories.StockLevelFactory(merchant=merchant, warehouse=warehouse, sku="MUG", on_hand=1)

    short = owner.get(reverse("oversold")).context["short"]

    assert [each.level.organization for each in short] == [acme]


def test_rates_of_others_convert_nothing(
    still: time_machine.Traveller, owner: Client, acme: Organization, zebra: Organization
) -> None:
    Organization.objects.filter(pk=acme.pk).update(reporting_currency="EUR")
    cart = factories.CartFactory(merchant=factories.MerchantFactory(organization=acme))
    factories.OrderFactory(cart=cart, total=Decimal(10), currency="USD", placed_at=clock.now() - timedelta(hours=1))

    day_refresh.mark_stale(acme, now=clock.now())
    day_refresh.refresh(acme, now=clock.now() + day_refresh.SETTLED)

    def page() -> bytes:
        return said(owner.get(reverse("performance:page")))

    before = page()
    rate = CurrencyRate.objects.create(organization=zebra, currency="USD", rate=Decimal("0.9"), since=date(2020, 1, 1))
    assert page() == before
    CurrencyRate.objects.filter(pk=rate.pk).update(organization=acme)
    assert page() != before


def test_ship_methods_of_others_are_not_offered_where_an_order_has_no_warehouse(
    owner: Client, acme: Organization, zebra: Organization
) -> None:
    cart = factories.CartFactory(merchant=factories.MerchantFactory(organization=acme))
    order = factories.OrderFactory(cart=cart, status=OrderStatus.AT_WMS)
    factories.ShipMethodFactory(warehouse__organization=acme, label="Our own way")
    factories.ShipMethodFactory(warehouse__organization=zebra, label="Their way")

    said = owner.get(reverse("shipping:close"), {"order": order.pk}).content.decode()

    assert "Our own way" in said
    assert "Their way" not in said


def test_a_key_of_one_3pl_reads_no_carts_and_orders_of_another_in_the_old_calls(
    acme: Organization, zebra: Organization
) -> None:
    for organization in (acme, zebra):
        cart = factories.CartFactory(
            merchant=factories.MerchantFactory(organization=organization), kind="api_access", place_id="api_access",
            grant=None, name=f"Shop of {organization}",
        )  # fmt: skip
        factories.OrderFactory(cart=cart, number=f"WEB-{organization}")
    program = OldClient(Merchant.objects.get(organization=acme))

    carts = str(program.get("cart/listall"))
    assert "Shop of Acme" in carts
    assert "Shop of Zebra" not in carts
    assert [each["cust_ref"] for each in program.get("merchant/orders/list/any")["response"]] == ["WEB-Acme"]


def test_who_counts_has_nothing_of_others_sent_again(owner: Client, zebra: Organization) -> None:
    cart = factories.CartFactory(merchant=factories.MerchantFactory(organization=zebra))
    level = factories.StockLevelFactory(merchant=cart.merchant, sku="MUG", on_hand=3)
    StockUpdate.objects.create(
        organization=zebra, merchant=cart.merchant, grant=factories.the_grant(cart), sku="MUG", wanted=3,
        wanted_at=clock.now(), due_at=clock.now(),
    )  # fmt: skip
    StockUpdate.objects.all().leave_to_person("The price is missing.")
    counting, own = {f"seen_{level.pk}": "3", f"on_hand_{level.pk}": "3"}, Client()
    own.force_login(factories.make_person(zebra))

    owner.post(reverse("inventory:inventory"), counting)
    assert StockUpdate.objects.stuck().exists()

    own.post(reverse("inventory:inventory"), counting)
    assert not StockUpdate.objects.stuck().exists()


def test_months_of_others_are_not_added_up(
    still: time_machine.Traveller, owner: Client, acme: Organization, zebra: Organization
) -> None:
    month, period = date(2026, 10, 1), {"from": "2026-10-01", "to": "2026-10-31"}
    SummedMonth.objects.create(organization=acme, month=month, stale_at=None, summed_at=clock.now())

    def orders_after(organization: Organization) -> int:
        merchant = factories.MerchantFactory(organization=organization)
        Planter(merchant, "Quince", factories.UserFactory()).row_of(MonthSum, month=month, orders=7, times={})
        return int(owner.get(reverse("performance:page"), period).context["figures"].orders)

    assert orders_after(zebra) == 0
    assert orders_after(acme) == 7


def test_a_merchant_of_others_is_no_account_of_ones_own_system(
    owner: Client, acme: Organization, zebra: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = factories.WarehouseFactory(organization=acme, kind="extensiv")
    ours, theirs = (factories.MerchantFactory(organization=each) for each in (acme, zebra))
    Planter(ours, "Quince", factories.UserFactory()).row_of(WarehouseAccess, warehouse=system)
    monkeypatch.setattr(look, "accounts", lambda entry: [SystemAccount("4", "Blue Mug Co")])

    for merchant in (theirs, ours):
        owner.post(reverse("shipping:match_accounts", args=[system.pk]), {f"merchant_{merchant.pk}": "4"})

    assert [each.merchant for each in WarehouseAccount.objects.all()] == [ours]
