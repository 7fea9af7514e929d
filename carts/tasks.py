"""Doors for workers: a sweep finds the carts to look at, a run looks at one; and the reminders of what will end."""

import structlog
from celery import shared_task

from carts import checks, spent_quotas
from carts.consent import renewal, stored_tokens
from carts.models import Cart
from carts.setup_links import asked_links, unopened_links
from core.common import clock
from core.common.bell import Bell

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
