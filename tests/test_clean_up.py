"""What is of use for a while only is not kept for ever, and the docs say how long."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from carts.models import AccountDay, Cart, Consent, LinkRequest, Press
from core.accounts.models import LockOut, ResetRequest
from core.activity.models import Event, Exchange
from core.alerts.models import Alert, Mail, RetryPlan, Trouble
from core.api.models import ApiCall, KeptAnswer
from core.common import clock, lifetimes
from core.common.lifetimes import Lifetime
from core.files import kept_files
from core.files.kept_files import KeptApart
from core.files.models import FileKind, KeptFile, KeptRows
from core.webhooks.models import Delivery, Endpoint
from integration_manager import clean_up, tasks
from inventory.models import Observation, PublishedNumber, StockUpdate
from shipping.models import FlowStep, Reconciliation, ShipmentBatch, ShipmentReport, ShippingDraft, TrackingSheet
from tests.api_client import Program
from tests.factories import (
    AlertFactory,
    CartFactory,
    OrderFactory,
    OrganizationFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
    make_person,
)

pytestmark = pytest.mark.django_db
RUNNING = Path(__file__).resolve().parent.parent / "docs" / "running.md"
Make = Callable[[datetime], Model]


def session(at: datetime) -> Session:
    return Session.objects.create(session_key=f"s{at.timestamp()}", session_data="x", expire_date=at)


def listed(at: datetime) -> UserSession:
    row = UserSession.objects.create(
        user=UserFactory(), session_key=f"gone{at.timestamp()}", ip="127.0.0.1", user_agent="x"
    )
    UserSession.objects.filter(pk=row.pk).update(last_seen_at=at, created_at=at)
    return row


def wrong(at: datetime) -> LockOut:
    return LockOut.objects.create(key=str(at), began_at=at, last_at=at, until=at)


def reset(at: datetime) -> ResetRequest:
    row: ResetRequest = ResetRequest.objects.create(email="a@b.example", asked_at=at, due_at=at)
    return row


def asked(at: datetime) -> LinkRequest:
    row: LinkRequest = LinkRequest.objects.create(email="a@b.example", asked_at=at, due_at=at)
    return row


def pressed(at: datetime) -> Press:
    return Press.objects.create(key=str(at), at=at)


def came(at: datetime) -> KeptFile:
    file, _ = kept_files.take_in(CartFactory(), FileKind.ORDERS, "orders.csv", f"x {at}", now=at)
    return file


def kept_apart(at: datetime) -> KeptRows:
    file = came(at)
    kept_files.keep_rows(file, ["SKU"], [KeptApart("1", [2], "Why", [["MUG"]])], now=at)
    return KeptRows.objects.get(file=file)


def consent(at: datetime) -> Consent:
    return Consent.objects.create(state_digest=str(at), browser_digest="x", cart=CartFactory(), begun_at=at)


def mail(at: datetime, *, state: str = "done") -> Mail:
    row: Mail = Mail.objects.create(
        organization=CartFactory().organization, to="a@b.example", subject="x", text="x", cause="grant.ended",
        message_id="x", created_at=at, due_at=at, state=state,
    )  # fmt: skip
    return row


def alert(at: datetime) -> Alert:
    return AlertFactory(opened_at=at - timedelta(days=400), seen_at=at, closed_at=at)


def retry(at: datetime) -> RetryPlan:
    person = make_person(OrganizationFactory())
    row: RetryPlan = RetryPlan.objects.create(
        organization=person.memberships.get().organization, cause="order.not_released", choice={}, because="x",
        by=person, made_at=at, due_at=at, total=1, last_alert=1, state="done",
    )  # fmt: skip
    return row


def trouble(at: datetime) -> Trouble:
    cart: Cart = CartFactory()
    return Trouble.objects.create(
        organization=cart.organization, cause="orders.pull", subject_kind="cart", subject_id=cart.pk,
        since=at - timedelta(days=9), seen_at=at,
    )  # fmt: skip


def comparison(at: datetime, *, state: str = "done") -> Reconciliation:
    cart: Cart = CartFactory()
    row: Reconciliation = Reconciliation.objects.create(
        organization=cart.organization, merchant=cart.merchant, cart=cart, begun_at=at, finished_at=at, due_at=at,
        state=state,
    )  # fmt: skip
    return row


def sheet(at: datetime) -> TrackingSheet:
    user = UserFactory()
    row: TrackingSheet = TrackingSheet.objects.create(organization=CartFactory().organization, by=user, made_at=at)
    return row


def webhook(at: datetime) -> Delivery:
    organization = OrganizationFactory()
    endpoint = Endpoint.objects.create(
        organization=organization, url="https://wms.example/", secret=b"", made_at=at, first_event=0
    )
    row: Delivery = Delivery.objects.create(
        organization=organization, endpoint=endpoint, message_id=f"msg_{at.timestamp()}", type="order.held", body="{}",
        made_at=at, due_at=at, state="done",
    )  # fmt: skip
    return row


def draft(at: datetime) -> ShippingDraft:
    person = make_person(OrganizationFactory())
    row: ShippingDraft = ShippingDraft.objects.create(
        organization=person.memberships.get().organization, by=person, made_at=at
    )
    return row


def batch(at: datetime, *, state: str = "done") -> ShipmentBatch:
    person = make_person(OrganizationFactory())
    row: ShipmentBatch = ShipmentBatch.objects.create(
        organization=person.memberships.get().organization, by=person, made_at=at, due_at=at, state=state
    )
    return row


def kept_answer(at: datetime) -> KeptAnswer:
    return KeptAnswer.objects.create(
        key=Program(OrganizationFactory()).key, name="x", digest="x", turn=uuid4(), turn_until=at, at=at
    )


def api_call(at: datetime) -> ApiCall:
    key = Program(OrganizationFactory()).key
    row: ApiCall = ApiCall.objects.create(
        organization=key.organization,
        key=key,
        method="GET",
        path="/",
        status=200,
        milliseconds=1,
        request_id="x",
        at=at,
    )
    return row


def observed(at: datetime) -> Observation:
    level = StockLevelFactory()
    row: Observation = Observation.objects.create(
        organization=level.organization, level=level, on_hand=1, observed_at=at, stored_at=at, source="api"
    )
    return row


def report(at: datetime, *, state: str = "stored") -> ShipmentReport:
    order, warehouse = OrderFactory(), WarehouseFactory()
    owner = {"organization": order.organization, "merchant": order.merchant, "order": order, "warehouse": warehouse}
    row: ShipmentReport = ShipmentReport.objects.create(
        **owner, reference="S-1", digest="x", said={}, state=state, at=at
    )
    return row


def published(at: datetime) -> PublishedNumber:
    cart = CartFactory()
    owner = {"organization": cart.organization, "merchant": cart.merchant, "grant": cart.grant}
    update = StockUpdate.objects.create(**owner, sku="MUG", wanted=1, wanted_at=at, due_at=at)
    row: PublishedNumber = PublishedNumber.objects.create(
        organization=update.organization, update=update, quantity=1, told_at=at
    )
    return row


def account_day(at: datetime) -> AccountDay:
    cart = CartFactory()
    owner = {"organization": cart.organization, "merchant": cart.merchant, "cart": cart}
    row: AccountDay = AccountDay.objects.create(**owner, day=at.date(), told_at=at)
    return row


def exchange(at: datetime) -> Exchange:
    return Exchange.objects.create(
        organization=OrganizationFactory(), connection="grant-1", operation="getOrder", method="GET", path="/",
        milliseconds=1, at=at,
    )  # fmt: skip


def call_day(at: datetime) -> CallDay:
    row: CallDay = CallDay.objects.create(
        organization=OrganizationFactory(), connection="grant-1", day=at.date(), operation="getOrder", method="GET",
        counted_at=at,
    )  # fmt: skip
    return row


def flow_step(at: datetime) -> FlowStep:
    row: FlowStep = FlowStep.objects.create(organization=OrganizationFactory(), began_at=at)
    return row


KEPT = [each for each in lifetimes.declared() if each.end is None]  # what is erased: tests/orders/test_erasure.py
KINDS: dict[str, Make] = {
    "Logins that have ended": session,
    "The list of logins": listed,
    "Wrong passwords and codes": wrong,
    "Requests for a new password": reset,
    "Requests for a setup link": asked,
    "When a button was pressed": pressed,
    "What marketplaces say of accounts": account_day,
    "Consents that were begun": consent,
    "Emails that were sent or given up": mail,
    "Alerts that were closed": alert,
    "Retries of many alerts": retry,
    "Failures that passed, or whose cause is gone": trouble,
    "What was filled in on Ship and Close": draft,
    "Results of Ship and Close": batch,
    "Nightly comparisons": comparison,
    "Webhook messages": webhook,
    "Exchanges with other servers": exchange,
    "How many requests went out, by day": call_day,
    "What flowed through in each quarter of an hour": flow_step,
    "Imported tracking sheets": sheet,
    "Answers to requests with an Idempotency-Key": kept_answer,
    "Requests to the API": api_call,
    "What was on hand, and when": observed,
    "Rows of files that were not taken": kept_apart,
    "Shipments as warehouses reported them": report,
    "Quantities that were sent, and when": published,
}


def test_each_kind_is_looked_at_here() -> None:
    assert set(KINDS) == {span.what for span in KEPT}


@pytest.mark.parametrize("span", KEPT, ids=lambda span: str(span.what))
def test_what_is_over_goes_and_what_is_not_stays(span: Lifetime) -> None:
    now, make = clock.now(), KINDS[span.what]
    over, kept = make(now - span.kept - timedelta(minutes=1)), make(now - span.kept + timedelta(minutes=1))

    tasks.clean_up_due.run()

    model = type(kept)
    assert set(model._default_manager.values_list("pk", flat=True)) & {over.pk, kept.pk} == {kept.pk}
    assert span.over_at(now).count() == 0


@pytest.mark.parametrize("state", ["due", "running"])
def test_what_is_still_owed_stays_however_old(state: str) -> None:
    old = clock.now() - timedelta(days=999)
    mail(old, state=state)
    comparison(old, state=state)

    tasks.clean_up_due.run()

    assert (Mail.objects.count(), Reconciliation.objects.count()) == (1, 1)


@pytest.mark.parametrize("state", ["stuck", "dropped"])
def test_what_was_given_up_goes_too(state: str) -> None:
    mail(clock.now() - timedelta(days=91), state=state)
    comparison(clock.now() - timedelta(days=91), state=state)

    tasks.clean_up_due.run()

    assert (Mail.objects.count(), Reconciliation.objects.count()) == (0, 0)


def test_what_is_open_and_what_happened_stays() -> None:
    old = clock.now() - timedelta(days=999)
    order, open_one = OrderFactory(), AlertFactory(opened_at=old, seen_at=old)
    held = report(old, state="held")
    Event.objects.create(
        organization=order.organization, kind="order.downloaded", subject_kind="order", subject_id=order.pk, at=old
    )

    tasks.clean_up_due.run()

    assert Alert.objects.get() == open_one
    assert Event.objects.count() == 1
    assert ShipmentReport.objects.get() == held


def test_a_login_that_is_used_stays_listed() -> None:
    row = listed(clock.now() - timedelta(days=9))
    Session.objects.create(session_key=row.session_key, session_data="x", expire_date=clock.now() + timedelta(days=1))

    tasks.clean_up_due.run()

    assert UserSession.objects.get() == row


def test_it_goes_in_batches_and_stops_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetimes, "AT_ONCE", 3)
    monkeypatch.setattr(lifetimes, "IN_ALL", 6)
    for number in range(10):
        pressed(clock.now() - timedelta(days=2, seconds=number))

    with CaptureQueriesContext(connection) as queries:
        assert clean_up.clean_up(now=clock.now()) == {"When a button was pressed": 6}
    assert len([each for each in queries if each["sql"].startswith('DELETE FROM "carts_press"')]) == 2
    assert clean_up.clean_up(now=clock.now()) == {"When a button was pressed": 4}
    assert clean_up.clean_up(now=clock.now()) == {}


def test_the_docs_say_how_long_each_kind_is_kept() -> None:
    said: dict[str, Any] = {}
    for line in RUNNING.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 2:
            said[cells[0]] = cells[1]

    for span in lifetimes.declared():
        days = span.kept.days
        words = "not at all" if not days else "a day" if days == 1 else f"{days} days"
        assert said[span.what].startswith(words), span.what
