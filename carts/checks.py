"""Is everything there that a working cart needs? Looked at when somebody presses Test, and once a day.

What could not be looked at, because the marketplace is away or its quota is needed for work, says nothing: it opens no
alert and closes none, and a daily look keeps what was found before.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from carts import connections, presses
from carts.alerts import CHECKS_FAILED, NOT_CHECKED
from carts.lifecycle import GONE
from carts.marketplaces.values import Check
from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.models import Alert
from core.alerts.raised import close_alerts, keep_alerts, raise_alert
from core.common.remote import Disconnected

EVERY = timedelta(days=1)
AGAIN = timedelta(hours=4)  # after something could not be looked at
WHILE_MENDING = 5  # Tests within the minute that a Test rests, as long as something is missing
SPACING = timedelta(minutes=10)  # between two carts of one seller, who share a quota
UNSEEN = timedelta(days=3)  # three daily looks that saw nothing at all
RING_AGAIN = timedelta(minutes=5)  # if nothing came of it; longer than a look may take
READ, SWEEP = 200, 20  # rows, and carts looked at in one go: each takes half a dozen requests


def check(cart: Cart, *, by: User | None, now: datetime) -> list[Check]:
    """Look at everything, keep what was seen and return it. Without a person it is the daily look.

    Of a cart whose orders are pushed there is nothing to look at.
    """
    if cart.is_pushed:
        return []
    disconnected = False
    if cart.grant is None:
        found = [Check("Authorization", False, "No seller has authorized us yet.", "Press Grant us API access.")]
    else:
        try:
            with connections.marketplace(cart.grant) as marketplace:
                found = list(marketplace.check(place_id=cart.place_id, sparing=by is None))
        except Disconnected as error:
            disconnected = True
            remedy = "Ask the seller to authorize again. Press Grant us API access, or share a setup link."
            found = [Check("Authorization", False, str(error), remedy)]
    away = [each.name for each in found if each.away]
    if by is None:
        found = _with_what_was_known(cart, found)
    _keep(cart, found, away=away, by=by, now=now, alerting=not disconnected)
    return found


def press(cart: Cart, *, now: datetime) -> timedelta | None:
    """Note that somebody presses Test. Returns how long ago the last was, where another would find the same.

    Whoever mends what was missing tests a few times in a minute, and the seller may authorize us in between.
    """
    if cart.outdated or cart.grant is None or not cart.checks:
        return presses.press("test", cart, now=now, rest=timedelta(0))  # what it says is not of now
    return presses.press("test", cart, now=now, most=1 if cart.passed else WHILE_MENDING)


def claim_due(now: datetime) -> list[int]:
    """Return the carts to look at now, taking turns between organizations, one of each seller. They are ours to do."""
    _forget_what_is_no_matter(now)
    due = Cart.objects.asked().filter(Q(checks_due_at=None) | Q(checks_due_at__lte=now))
    oldest = F("checks_due_at").asc(nulls_first=True)
    turn = Window(RowNumber(), partition_by=[F("organization")], order_by=[oldest, F("pk").asc()])
    rows = due.annotate(turn=turn).order_by("turn", oldest, "pk").values_list("pk", "grant")
    chosen: dict[int, int] = {}
    for cart_id, grant_id in rows[:READ]:
        if len(chosen) < SWEEP:
            chosen.setdefault(grant_id, cart_id)
    mine = [pk for pk in chosen.values() if due.filter(pk=pk).update(checks_due_at=now + RING_AGAIN)]
    due.filter(grant__in=chosen).update(checks_due_at=now + SPACING)
    return mine


def tell_unseen(*, now: datetime) -> None:
    """One alert for each working cart that could not be looked at for days. Call it after ``claim_due``."""
    blind = Cart.objects.asked().filter(live_at__lte=now - UNSEEN, grant__authorized_at__lte=now - UNSEEN)
    blind = blind.filter(Q(checked_at=None) | Q(checked_at__lte=now - UNSEEN))
    # Where nothing ran for days, each cart has its look first.
    blind = blind.filter(checks_due_at__gt=now - SPACING).select_related("merchant").order_by("pk")
    keep_alerts(NOT_CHECKED, [_unseen(cart) for cart in blind], now=now)


def _unseen(cart: Cart) -> tuple[Cart, str, str]:
    message = (
        f"{cart.merchant}, {cart}: for three days, {cart.place.name} could not be asked whether everything the cart "
        "needs is there. Press Test on the cart's page to see why."
    )
    return cart, message, cart.get_absolute_url() + "#test"


def _with_what_was_known(cart: Cart, found: Sequence[Check]) -> list[Check]:
    """Put what an earlier look found in the place of what could not be looked at now."""
    known = [] if cart.outdated else [Check(**each) for each in cart.checks]
    if known and found[0].away:  # we were not let in, so nothing was looked at
        return known
    earlier = {each.name: each for each in known}
    return [earlier.get(each.name, each) if each.away else each for each in found]


def _keep(
    cart: Cart, found: Sequence[Check], *, away: Sequence[str], by: User | None, now: datetime, alerting: bool
) -> None:
    kept: dict[str, Any] = {
        "checks": [asdict(each) for each in found],
        "checks_due_at": now + (AGAIN if away else EVERY),
    }
    if by is not None or found[0].name not in away:  # else nothing at all was seen
        kept["checked_at"] = now
    with transaction.atomic(durable=True):
        # Not over a cart that was disconnected while we looked: it has to be tested anew.
        there = Cart.objects.filter(Q(state=cart.state) | ~Q(state__in=GONE), pk=cart.pk)
        if not there.update(**kept):
            return
        for name, value in kept.items():
            setattr(cart, name, value)
        if by is not None:
            record("cart.tested", cart, now=now, actor=by, passed=cart.passed)
        if alerting:  # an authorization that ended has an alert of its own
            _tell(cart, found, certain=not away, now=now)


def _tell(cart: Cart, found: Sequence[Check], *, certain: bool, now: datetime) -> None:
    """One alert for a cart, and only for one that works: whoever sets one up sees what is missing."""
    missing = [each for each in found if each.essential and not each.passed and not each.away]
    if missing and cart.state == Cart.State.LIVE:
        said = " ".join(f"{each.outcome} {each.remedy}" for each in missing)
        message = f"{cart.merchant}, {cart}: {said}"
        if raise_alert(CHECKS_FAILED, cart, message, now=now, path=cart.get_absolute_url() + "#test"):
            record("cart.checks_failed", cart, now=now, what=", ".join(each.name for each in missing))
    elif not missing and certain and close_alerts(cart, CHECKS_FAILED, now=now):
        record("cart.checks_passed", cart, now=now)


def _forget_what_is_no_matter(now: datetime) -> None:
    """Close the alerts of carts that do not work any more, or whose seller has to authorize us first."""
    open_ones = Alert.objects.filter(cause=CHECKS_FAILED, closed_at=None).values("subject_id")
    for cart in Cart.objects.filter(pk__in=open_ones).exclude(pk__in=Cart.objects.asked().values("pk")):
        close_alerts(cart, CHECKS_FAILED, now=now)
