"""Submitting once, whatever happens on the way: what feeds of confirmations and cancellations have in common.

Before it is submitted the row says so; after it the row has the reference. A row that says so and has none lost the
answer: it is looked up among what was submitted since, and only submitted again when it is not there.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from carts.marketplaces.base import Marketplace
from carts.marketplaces.batches import Batch, Stage, SubmissionReport
from carts.models import Cart
from core.common.jobs import GOING_ON, NotYet
from core.common.remote import Disconnected, Rejected, Throttled
from shipping.models import Cancellation, ConfirmationFeed

FIRST_LOOK = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
# A submission made this moment may not be listed yet; and it may be younger than the run that it was made in.
LISTED_AFTER = timedelta(minutes=2) + GOING_ON
SKEW = timedelta(minutes=5)  # between our clock and the marketplace's
PATIENCE = timedelta(hours=6)  # a feed is known to hang for days, and blocks those behind it


def work(
    errand: ConfirmationFeed | Cancellation,
    marketplace: Marketplace,
    *,
    batch: Batch,
    upload: Callable[[], str],
    now: datetime,
) -> SubmissionReport:
    """Submit, wait, and return the report. Raises NotYet at every stage that takes a while, Rejected when it failed."""
    if errand.submitted_at and not errand.reference:
        _look_up(errand, marketplace, batch, now)
    if not errand.reference:
        _submit(errand, marketplace, batch, upload, now)
        raise NotYet(FIRST_LOOK)
    submission = marketplace.submission(errand.reference)
    waited = now - (errand.submitted_at or now)
    if submission.stage is Stage.WORKING:
        if waited > PATIENCE:
            hours = PATIENCE // timedelta(hours=1)
            raise Rejected(f"It was not processed within {hours} hours.")
        raise NotYet(min(max(FIRST_LOOK, waited / 2), LONGEST_WAIT))
    report = marketplace.report(submission)
    if submission.stage is Stage.FAILED or report.fatal:
        raise Rejected(report.fatal or "It failed without giving a reason.")
    return report


def _submit(
    errand: ConfirmationFeed | Cancellation,
    marketplace: Marketplace,
    batch: Batch,
    upload: Callable[[], str],
    now: datetime,
) -> None:
    others = type(errand).objects.filter(cart=errand.cart_id, reference="", submitted_at__isnull=False)
    if others.owed().exclude(pk=errand.pk).exists():
        raise NotYet(FIRST_LOOK)  # its answer was lost: two such could not be told apart
    document = upload()
    _keep(errand, submitted_at=now)  # from here on it may be there, whatever becomes of us
    try:
        reference = marketplace.submit(batch, document, place_id=errand.cart.place_id)
    except (Rejected, Throttled, Disconnected):
        _keep(errand, submitted_at=None)  # a plain no: nothing was submitted
        raise
    _keep(errand, reference=reference)


def _look_up(errand: ConfirmationFeed | Cancellation, marketplace: Marketplace, batch: Batch, now: datetime) -> None:
    assert errand.submitted_at is not None
    listed = marketplace.submissions(batch, place_id=errand.cart.place_id, since=errand.submitted_at - SKEW)
    known = _known(errand.cart)
    found = [submission for submission in listed if submission.reference not in known]
    if found:
        _keep(errand, reference=found[0].reference)
    elif now - errand.submitted_at < LISTED_AFTER:
        raise NotYet(FIRST_LOOK)


def _known(cart: Cart) -> set[str]:
    """References that belong to other submissions of ours."""
    feeds = ConfirmationFeed.objects.filter(cart=cart).exclude(reference="").values_list("reference", flat=True)
    cancellations = Cancellation.objects.filter(cart=cart).exclude(reference="").values_list("reference", flat=True)
    return {*feeds, *cancellations}


def _keep(errand: ConfirmationFeed | Cancellation, **fields: Any) -> None:
    """Write down how far it is, if the claim is still ours; else go no further."""
    if not errand.keep(**fields):
        raise NotYet(timedelta(0))
