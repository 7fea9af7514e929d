"""Everything of a merchant who leaves is deleted, in every table there is, and nothing of anybody else's."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from carts import lifecycle
from carts.models import Cart, Grant
from core.accounts.access import Role
from core.accounts.models import Departure, Merchant, Organization, User
from core.activity.models import Event
from core.api.models import ApiKey
from core.common import clock
from core.common.errands import ErrandState
from core.files import folder_records
from core.files.models import FileFolder, MerchantExport
from core.webhooks.models import Endpoint
from integration_manager import retention_report, tasks
from integration_manager.off_boarding import deletion, notice
from integration_manager.off_boarding.holdings import NOBODYS, OF_A_SUBJECT, holdings, subject_models
from orders.models import LegalHold, Order
from shipping.models import Release, WarehouseAccount
from tests import factories
from tests.api_client import Program
from tests.orders.test_erasure import everything
from tests.planted_rows import Planter

pytestmark = pytest.mark.django_db
LEAVING, STAYING = "Zwetschgenmus", "Quittengelee"
OTHERS = ("django.", "allauth.")


@pytest.fixture
def acme() -> Organization:
    return factories.OrganizationFactory()


@pytest.fixture
def owner(acme: Organization) -> User:
    return factories.make_person(acme)


def planted(acme: Organization, word: str, by: User) -> Merchant:
    """A merchant with a row in every table that may have one, and what is known of each by its number."""
    merchant: Merchant = factories.MerchantFactory(organization=acme, name=f"{word} GmbH", email=f"{word}@x.example")
    planter = Planter(merchant, word, by)
    for holding in reversed(holdings()):
        row = planter.row_of(holding.model)
        assert holding.of(merchant).filter(pk=row.pk).exists(), holding.label
    for label in sorted(OF_A_SUBJECT):
        order = Order.objects.get(merchant=merchant)
        planter.row_of(apps.get_model(label), subject_kind="order", subject_id=order.pk)
    FileFolder.objects.filter(merchant=merchant).update(subject_kind="cart")
    LegalHold.objects.filter(merchant=merchant).update(ended_at=clock.now())
    return merchant


def kept_of(merchant: Merchant) -> dict[str, int]:
    return {each.label: each.of(merchant).count() for each in holdings()}


def test_every_table_is_a_merchants_or_says_why_not() -> None:
    ours = {model._meta.label for model in apps.get_models() if not model.__module__.startswith(OTHERS)}
    held = {each.label for each in holdings()}

    assert ours - held - set(NOBODYS) - OF_A_SUBJECT == {"accounts.Merchant"}
    assert held & set(NOBODYS) == set()
    assert {each._meta.label for each in subject_models()} >= OF_A_SUBJECT


def test_nothing_is_left_of_who_left_and_nobody_else_loses_anything(
    acme: Organization, owner: User, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_DIR = str(tmp_path)
    person = factories.UserFactory(email=f"{LEAVING.lower()}@people.example", name=LEAVING)
    leaving, staying = planted(acme, LEAVING, person), planted(acme, STAYING, factories.UserFactory())
    folder = tmp_path.joinpath(*folder_records.parts_of(Cart.objects.get(merchant=leaving)), "orders")
    folder.mkdir(parents=True)
    before, now = kept_of(staying), clock.now()
    assert set(before.values()) == {1}
    departure = notice.ask(leaving, LEAVING, by=owner, now=now)

    early = now + notice.NOTICE - timedelta(hours=1)
    assert deletion.go_on(deletion.over(early - notice.NOTICE), early) == 0
    due = now + notice.NOTICE + timedelta(hours=1)
    (kind,) = [each for each in retention_report.for_organization(access_of(owner), now=due + timedelta(days=2))
               if each.what == deletion.EVERYTHING]  # fmt: skip
    assert (kind.rows, kind.overdue) == (1, 1)
    monkeypatch.setattr(deletion, "IN_ALL", 7)  # a run ends early, and the next one goes on
    runs = 0
    while deletion.go_on(deletion.over(due - notice.NOTICE), due):
        runs += 1

    assert runs > 8
    assert not Merchant.objects.filter(pk=leaving.pk).exists()
    left = everything()
    assert [line for line in left.splitlines() if LEAVING.lower() in line.lower()] == []
    assert kept_of(staying) == before
    assert STAYING in left
    assert not folder.exists()
    departure.refresh_from_db()
    assert (departure.number, departure.by, departure.ended_at, departure.merchant) == (leaving.pk, owner, due, None)
    assert departure.counts["orders.Order"] == 1
    assert departure.counts["activity.Event"] >= 2
    assert Event.objects.filter(kind="organization.merchant_deleted", details__merchant=leaving.pk).exists()


def test_from_the_notice_on_nothing_is_sent_or_read_and_it_can_be_taken_back(acme: Organization, owner: User) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="Pacific/Kiritimati")  # most often a day ahead
    order = factories.OrderFactory(cart__merchant__organization=acme)
    merchant, cart = order.merchant, order.cart
    release = factories.ReleaseFactory(order=order, state=ErrandState.DUE)
    account = WarehouseAccount.objects.create(
        organization=acme, merchant=merchant, warehouse=release.warehouse, account="7", due_at=clock.now()
    )
    key = Program(acme, merchant=merchant).key
    endpoint = Endpoint.objects.create(
        organization=acme, merchant=merchant, url="https://x.example/", secret=b"", made_at=clock.now(), first_event=0
    )
    client = Client()
    client.force_login(owner)
    client.post(reverse("merchants:export", args=[merchant.pk]))  # they take all with them
    address = reverse("merchants:leave", args=[merchant.pk])
    slip = client.post(address, {"reason": "Their mail of 28 November", "name": "Another"})
    assert (slip.status_code, Departure.objects.count()) == (422, 0)

    answer = client.post(address, {"reason": "Their mail of 28 November", "name": merchant.name}, follow=True)

    assert "can take it back" in answer.content.decode()
    departure = Departure.objects.get()
    assert departure.due_at - departure.asked_at == timedelta(days=21)
    there = departure.due_at.astimezone(Organization.objects.get(pk=acme.pk).zone)
    assert Event.objects.get(kind="merchant.leaves").details["day"] == f"{there:%Y-%m-%d}"
    assert f"{there:%d %b %Y}" in answer.content.decode()
    cart.refresh_from_db()
    grant = Grant.objects.get(merchant=merchant)
    assert (cart.state, grant.state, bytes(grant.refresh_token)) == ("disconnected", "ended", b"")
    assert ApiKey.objects.get(pk=key.pk).revoked_at is not None
    assert Endpoint.objects.get(pk=endpoint.pk).disabled_at is not None
    assert Release.objects.get().state == ErrandState.DROPPED
    assert MerchantExport.objects.get().is_owed
    assert not WarehouseAccount.objects.at_work().filter(pk=account.pk).exists()
    with pytest.raises(lifecycle.NotReady, match="leaves"):
        lifecycle.turn_on(Cart.objects.get(pk=cart.pk), by=owner, now=clock.now())
    assert client.post(address, {"reason": "Twice", "name": merchant.name}).status_code == 422
    assert merchant.name in client.get(reverse("retention:page")).content.decode()

    client.post(reverse("merchants:stay", args=[merchant.pk]))

    merchant.refresh_from_db()
    assert merchant.leaves_at is None
    assert Release.objects.get().state == ErrandState.DUE
    assert deletion.over(clock.now() + timedelta(days=99)).count() == 0
    assert not notice.take_back(merchant, by=owner, now=clock.now())


def test_what_came_after_the_notice_is_stopped_within_the_hour_and_a_hold_keeps_everything(
    acme: Organization, owner: User
) -> None:
    order = factories.OrderFactory(cart__merchant__organization=acme)
    merchant, now = order.merchant, clock.now()
    notice.ask(merchant, "x", by=owner, now=now - notice.NOTICE - timedelta(days=1))
    Cart.objects.filter(merchant=merchant).update(state=Cart.State.LIVE)
    hold = LegalHold.objects.create(
        organization=acme, merchant=merchant, order=order, reason="A claim", by=owner, at=now
    )
    tasks.clean_up_due.run()
    assert Cart.objects.get(merchant=merchant).state == Cart.State.DISCONNECTED
    assert not notice.take_back(merchant, by=owner, now=now)  # the day has come
    assert deletion.go_on(Departure.objects.all(), now) == 0  # a run that began before the hold was put
    assert Order.objects.filter(pk=order.pk).exists()

    LegalHold.objects.filter(pk=hold.pk).update(ended_at=now)
    tasks.clean_up_due.run()
    assert not Merchant.objects.filter(pk=merchant.pk).exists()


def test_an_authorization_that_another_merchants_cart_uses_goes_to_that_merchant(
    acme: Organization, owner: User
) -> None:
    shared = factories.CartFactory(merchant__organization=acme).grant
    other = factories.CartFactory(merchant__organization=acme, grant=shared, place_id="A2EUQ1WTGCTBG2")
    assert shared is not None
    notice.ask(shared.merchant, "x", by=owner, now=clock.now() - timedelta(days=22))
    assert Grant.objects.get(pk=shared.pk).is_connected

    tasks.clean_up_due.run()

    assert Grant.objects.get(pk=shared.pk).merchant == other.merchant
    assert not Merchant.objects.filter(pk=shared.merchant_id).exists()


def access_of(person: User) -> Any:
    return person.memberships.get(role=Role.OWNER).access
