"""Doors for workers: a sweep finds the carts to look at, a run looks at one; and the reminders of what will end."""

import structlog
from celery import shared_task

from carts import checks, connections, spent_quotas
from carts.account_health import figure_alerts, readings
from carts.consent import renewal, stored_tokens
from carts.models import AccountReading, Cart
from carts.setup_links import asked_links, unopened_links
from core.common import clock
from core.common.bell import Bell
from core.common.remote import RemoteError

log = structlog.get_logger(__name__)


@shared_task(name=Bell.CHECK_DUE)
def check_due() -> None:
    """Ring for carts that nobody looked at for a day; tell of what could not be looked at, or not be opened, at all."""
    now = clock.now()
    for cart_id in checks.claim_due(now):
        Bell.CHECK_CART.ring(cart_id=cart_id)
    checks.tell_unseen(now=now)
    stored_tokens.watch(now=now)
    spent_quotas.watch(now=now)


@shared_task(name=Bell.CHECK_CART)
def check(*, cart_id: int, **_: object) -> None:
    cart = Cart.objects.select_related("grant", "merchant", "organization").get(pk=cart_id)
    if cart.state != Cart.State.LIVE:
        return
    checks.check(cart, by=None, now=clock.now())
    log.info("cart.checked", cart=cart_id, passed=cart.passed)


@shared_task(name=Bell.FIGURES_DUE)
def figures_due() -> None:
    """Sweep: ring for every seller account whose figures at the marketplace are to be read."""
    now = clock.now()
    figure_alerts.forget_what_is_no_matter(now=now)
    for grant_id in readings.claim_due(now):
        Bell.READ_FIGURES.ring(grant_id=grant_id)


@shared_task(name=Bell.READ_FIGURES)
def read_figures(*, grant_id: int, **_: object) -> None:
    mine = AccountReading.objects.select_related("grant").get(grant=grant_id)
    if not readings.carts_of(grant_id):
        return
    try:
        with connections.marketplace(mine.grant) as marketplace:
            outcome = readings.run(mine, marketplace, now=clock.now())
    except RemoteError as error:
        log.warning("figures.not_read", grant=grant_id, error=str(error))
        return
    log.info("figures.read", grant=grant_id, outcome=outcome.value)


@shared_task(name=Bell.REMIND_DUE)
def remind_due() -> None:
    """Sweep: sellers' authorizations and our own secrets that end soon, and setup links that nobody opened."""
    now = clock.now()
    unopened_links.tell(now=now)
    reminded = renewal.remind_due(now=now)
    renewal.watch_secrets(now=now)
    if reminded:
        log.info("grants.reminded", grants=reminded)


@shared_task(name=Bell.LINK_DUE)
def link_due() -> None:
    """Sweep: answer sellers who asked for another setup link."""
    asked_links.answer_due(now=clock.now())
