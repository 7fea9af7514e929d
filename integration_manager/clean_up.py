"""What ends, and when: nothing that is only of use for a while is kept for ever.

Deleted in small batches by an index, so that nobody waits for it. What happened (events), orders, and what is still
owed or open stay. docs/running.md says the same to whoever runs the portal, and a test holds the two together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from carts.models import Consent, LinkRequest, Press
from core.accounts import lock_outs
from core.accounts.models import LockOut, ResetRequest
from core.alerts.models import Alert, Mail, Trouble
from core.api import idempotency
from core.api.models import ApiCall, KeptAnswer
from core.common.errands import OWED
from core.webhooks import replays
from core.webhooks.models import Delivery
from inventory.models import Observation
from shipping.models import Reconciliation, ShipmentBatch, ShippingDraft, TrackingSheet
from shipping.tracking_import import kept_sheets

AT_ONCE = 1_000  # rows in one statement
IN_ALL = 20_000  # of one kind in one run: the next run goes on


@dataclass(frozen=True, slots=True)
class Span:
    """How long rows of a kind are kept, and which are over at a moment, given what was before it by that long."""

    what: str
    kept: timedelta
    over: Callable[[datetime], "QuerySet[Any]"]


def _without_session(before: datetime) -> "QuerySet[Any]":
    there = Session.objects.filter(session_key=OuterRef("session_key"))
    return UserSession.objects.filter(~Exists(there), last_seen_at__lt=before)


def _unlocked(before: datetime) -> "QuerySet[Any]":
    return LockOut.objects.filter(Q(until=None) | Q(until__lt=before), last_at__lt=before)


def _older(model: type[Model], field: str) -> Callable[[datetime], "QuerySet[Any]"]:
    return lambda before: model._default_manager.filter(**{f"{field}__lt": before})


def _ended(model: type[Model], field: str) -> Callable[[datetime], "QuerySet[Any]"]:
    """Errands that nobody will do any more."""
    return lambda before: _older(model, field)(before).exclude(state__in=OWED)


SPANS = (
    Span("Logins that have ended", timedelta(0), _older(Session, "expire_date")),
    Span("The list of logins", timedelta(days=1), _without_session),
    Span("Wrong passwords and codes", lock_outs.FORGOTTEN, _unlocked),
    Span("Requests for a new password", timedelta(days=1), _older(ResetRequest, "asked_at")),
    Span("Requests for a setup link", timedelta(days=1), _older(LinkRequest, "asked_at")),
    Span("When a button was pressed", timedelta(days=1), _older(Press, "at")),
    Span("Consents that were begun", timedelta(days=30), _older(Consent, "begun_at")),
    Span("Emails that were sent or given up", timedelta(days=90), _ended(Mail, "created_at")),
    Span("Alerts that were closed", timedelta(days=180), _older(Alert, "closed_at")),
    # One that was not met again for so long counts as new when it is (core/alerts/troubles.py): nothing is forgotten.
    Span("Failures that passed, or whose cause is gone", timedelta(days=1), _older(Trouble, "seen_at")),
    Span("What was filled in on Ship and Close", timedelta(days=7), _older(ShippingDraft, "made_at")),
    Span("Results of Ship and Close", timedelta(days=90), _ended(ShipmentBatch, "made_at")),
    Span("Nightly comparisons", timedelta(days=90), _ended(Reconciliation, "begun_at")),
    Span("Answers to requests with an Idempotency-Key", idempotency.KEPT, _older(KeptAnswer, "at")),
    Span("Requests to the API", timedelta(days=settings.EXCHANGES_KEPT_DAYS), _older(ApiCall, "at")),
    Span("Webhook messages", replays.LONGEST, _ended(Delivery, "made_at")),
    Span("Imported tracking sheets", kept_sheets.KEPT, _older(TrackingSheet, "made_at")),
    Span("What was on hand, and when", timedelta(days=60), _older(Observation, "stored_at")),
)


def clean_up(*, now: datetime) -> dict[str, int]:
    """Delete what is over. Returns how many rows of each kind."""
    return {span.what: gone for span in SPANS if (gone := _delete(span.over(now - span.kept)))}


def _delete(rows: "QuerySet[Any]") -> int:
    gone = 0
    while gone < IN_ALL and (ids := list(rows.values_list("pk", flat=True)[:AT_ONCE])):
        rows.model._default_manager.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
