"""Deleting everything of a merchant who left, a few rows in a commit: whoever dies at it leaves it to the next run."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError

from carts.models import Cart, Grant
from core.accounts import closed_accounts
from core.accounts.models import Departure, Membership, Merchant, Organization
from core.activity.event_log import forgetting, record
from core.activity.models import Exchange
from core.alerts.models import Preference, Subscription
from core.common.lifetimes import IN_ALL, Rows
from integration_manager.off_boarding import left_files
from integration_manager.off_boarding.holdings import Holding, holdings, subject_models
from orders import erasure

EVERYTHING = "Everything of a merchant who leaves"  # what the table of lifetimes calls it
STEP = 200  # rows of a kind in one transaction, with what hangs on them


def over(before: datetime) -> Rows:
    """Return the departures that were asked for before; without those that a legal hold keeps."""
    return _free().filter(asked_at__lt=before)


def _free() -> Rows:
    held = erasure.held().filter(merchant=OuterRef("merchant"))
    return Departure.objects.open().exclude(Exists(held))


def _still(departure: Departure) -> Departure | None:
    """Return it locked. None where it ended meanwhile, or a legal hold was put that keeps what is left."""
    found: Departure | None = _free().select_for_update(of=("self",)).filter(pk=departure.pk).first()
    return found


def go_on(rows: Rows, now: datetime) -> int:
    """Delete some of what is over. Returns how many rows."""
    gone = 0
    for departure in rows.select_related("merchant", "organization").order_by("pk"):
        if gone >= IN_ALL:
            break
        gone += _some(departure, now, most=IN_ALL - gone)
    return gone


def _some(departure: Departure, now: datetime, *, most: int) -> int:
    merchant = departure.merchant
    if merchant is None:
        return _end(departure, None, now)
    _hand_over_shared(merchant)
    gone = 0
    for holding in holdings():
        while gone < most and (step := _step(departure, holding, merchant)):
            gone += step
    return gone + (_end(departure, merchant, now) if gone < most else 0)


def _hand_over_shared(merchant: Merchant) -> None:
    """An authorization that another merchant's cart uses goes to that merchant."""
    used = Cart.objects.filter(grant__merchant=merchant).exclude(merchant=merchant)
    for grant_id, heir in used.order_by("-pk").values_list("grant", "merchant"):
        Grant.objects.filter(pk=grant_id).update(merchant=heir)


def _step(departure: Departure, holding: Holding, merchant: Merchant) -> int:
    """Delete a few rows of a kind, with what is known about them. Returns how many rows in all."""
    with transaction.atomic(durable=True):
        still = _still(departure)
        ids = list(holding.of(merchant).order_by("pk").values_list("pk", flat=True)[:STEP]) if still else []
        if still is None or not ids:
            return 0
        gone = _about(holding.model.__name__.lower(), ids, merchant.organization)
        rows = holding.model._default_manager.filter(pk__in=ids)
        if holding.model is Grant:
            gone += _calls(ids, merchant.organization)
        people = list(rows.values_list("user", flat=True)) if holding.model is Membership else []
        addresses = list(rows.values_list("address", flat=True)) if holding.model is Subscription else []
        if holding.model is Cart:
            left_files.remove_of_carts(Cart.objects.filter(pk__in=ids).order_by("pk"))
        gone += Counter(rows.delete()[1])
        for user_id in people:
            closed_accounts.close_if_alone(user_id)
        _forget_choices(addresses, merchant.organization)
        _count(still, gone)
    return gone.total()


def _about(kind: str, ids: Collection[Any], organization: Organization) -> Counter[str]:
    """Delete what is known about these by their numbers: what happened, what was said, what is wrong."""
    gone: Counter[str] = Counter()
    with forgetting(organization, kind):
        for model in subject_models():
            about = model._default_manager.filter(organization=organization, subject_kind=kind, subject_id__in=ids)
            gone += Counter(about.delete()[1])
    return gone


def _calls(grants: Collection[Any], organization: Organization) -> Counter[str]:
    """Delete what was asked of the marketplace for these, and what it answered."""
    said = Exchange.objects.filter(organization=organization, connection__in=[f"grant-{pk}" for pk in grants])
    return Counter(said.delete()[1])


def _forget_choices(addresses: Collection[str], organization: Organization) -> None:
    """What plain addresses chose goes with their last subscription."""
    told = Subscription.objects.filter(organization=organization, address=OuterRef("address"))
    chosen = Preference.objects.filter(organization=organization, address__in=[each for each in addresses if each])
    chosen.exclude(Exists(told)).delete()


def _count(departure: Departure, gone: Counter[str]) -> None:
    counts = Counter(departure.counts) + gone
    Departure.objects.filter(pk=departure.pk).update(counts=dict(sorted(counts.items())))


def _end(departure: Departure, merchant: Merchant | None, now: datetime) -> int:
    """Delete the merchant's own row and note that it is done. What came meanwhile is left to the next run."""
    try:
        with transaction.atomic(durable=True):
            still = _still(departure)
            if still is None:
                return 0
            if merchant is not None:
                left_files.remove_stock(merchant)
                gone = _about("merchant", [merchant.pk], departure.organization)
                _count(still, gone + Counter({"accounts.Merchant": 1}))
                merchant.delete()
            Departure.objects.filter(pk=departure.pk).update(ended_at=now, reason="")
            Departure.objects.filter(number=departure.number, organization=departure.organization_id).update(reason="")
            record("organization.merchant_deleted", departure.organization, now=now, merchant=departure.number)
    except ProtectedError:
        return 0
    return 1
