"""A row of every kind that ends, as old as it is asked for: for the tests of how long things are kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Model

from carts.models import AccountDay, Cart, Consent, LinkRequest, Listing, Press, SetupLink
from core.accounts.models import Invitation, LockOut, ResetRequest
from core.activity.models import CallDay, Event, Exchange
from core.alerts.models import Alert, Mail, RetryPlan, Trouble
from core.api.models import ApiCall, KeptAnswer
from core.common import links
from core.files import kept_files
from core.files.kept_files import KeptApart
from core.files.models import FileKind, KeptFile, KeptRows, MerchantExport
from core.webhooks.models import Delivery, Endpoint
from inventory.models import Observation, PublishedNumber, StockFeed, StockUpdate
from orders.models import Order
from shipping.models import (
    ConfirmationFeed,
    FlowStep,
    Reconciliation,
    ShipmentBatch,
    ShipmentReport,
    ShippingDraft,
    TrackingSheet,
)
from tests.api_client import Program
from tests.factories import (
    AlertFactory,
    CartFactory,
    ListingFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
    make_person,
    the_grant,
)

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


def order_came(at: datetime, *, status: str = "canceled") -> Order:
    return OrderFactory(downloaded_at=at, placed_at=at, status=status)


def happened(at: datetime) -> Event:
    row: Event = Event.objects.create(
        organization=OrganizationFactory(), kind="cart.made", subject_kind="cart", subject_id=1, at=at
    )
    return row


def stock_feed(at: datetime) -> StockFeed:
    cart = CartFactory()
    row: StockFeed = StockFeed.objects.create(
        organization=cart.organization,
        merchant=cart.merchant,
        grant=the_grant(cart),
        made_at=at,
        due_at=at,
        state="done",
    )
    return row


def account_day(at: datetime) -> AccountDay:
    cart = CartFactory()
    owner = {"organization": cart.organization, "merchant": cart.merchant, "cart": cart}
    row: AccountDay = AccountDay.objects.create(**owner, day=at.date(), told_at=at)
    return row


def exported(at: datetime) -> MerchantExport:
    merchant = MerchantFactory()
    owner = {"organization": merchant.organization, "merchant": merchant}
    row: MerchantExport = MerchantExport.objects.create(
        **owner, of_house=True, made_at=at, due_at=at, table_count=1, state="done"
    )
    return row


def confirmation_feed(at: datetime) -> ConfirmationFeed:
    cart = CartFactory()
    row: ConfirmationFeed = ConfirmationFeed.objects.create(
        organization=cart.organization, merchant=cart.merchant, cart=cart, made_at=at, due_at=at, state="done"
    )
    return row


def setup_link(at: datetime) -> SetupLink:
    cart, link = CartFactory(), links.make()
    row: SetupLink = SetupLink.objects.create(
        organization=cart.organization, merchant=cart.merchant, cart=cart, email="s@x.example", nonce=link.nonce,
        digest=link.digest, created_at=at, expires_at=at,
    )  # fmt: skip
    return row


def gone_listing(at: datetime) -> Listing:
    return ListingFactory(gone_at=at)


def invitation(at: datetime) -> Invitation:
    link = links.make()
    row: Invitation = Invitation.objects.create(
        organization=OrganizationFactory(), email="n@x.example", role="staff", nonce=link.nonce, digest=link.digest,
        created_at=at, expires_at=at,
    )  # fmt: skip
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
    "Exports of everything of a merchant": exported,
    "Shipments as warehouses reported them": report,
    "Quantities that were sent, and when": published,
    "Orders, with their packages and charges": order_came,
    "What happened": happened,
    "Feeds of stock": stock_feed,
    "Feeds of shipments": confirmation_feed,
    "Setup links": setup_link,
    "Listings the marketplace no longer has": gone_listing,
    "Invitations": invitation,
}
