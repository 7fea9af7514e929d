"""A merchant's orders, stock and performance for somebody without an account, by the link in their mails.

The 3PL chooses who: an address on the merchant's list that is to have it. There is nothing to press, nothing of a
buyer, and no other merchant's; it ends when the address leaves the list.
"""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.accounts.access import Access, Role
from core.accounts.rate_limits import limited
from core.alerts.audience import subscriptions
from core.common import clock
from core.ui.private_pages import no_such_link, private_page
from integration_manager.portal.dashboard import seller_home
from integration_manager.portal.performance import divided
from integration_manager.portal.performance.divided import Narrowed
from integration_manager.portal.performance.figures import Figures
from integration_manager.portal.performance.periods import Period

HOUR = timedelta(hours=1)
MOST = 300  # an hour, from one address
DAYS = 30  # that the figures are of
NOBODY = 0  # no person's number


@private_page
@require_safe
@limited("told.overview", most=MOST, per=HOUR)
def show(request: HttpRequest, token: str) -> HttpResponse:
    subscription = subscriptions.find(token)
    if subscription is None or subscription.stopped_at is not None or not subscription.shows_overview:
        return no_such_link("core/alerts/audience/outside_gone.html")
    now, house = clock.now(), subscription.organization
    access = Access(NOBODY, house, Role.SELLER, subscription.merchant_id)  # sees what the merchant's own people see
    with timezone.override(house.zone):
        context = {
            "organization": house,
            "merchant": subscription.merchant,
            "now": now,
            "numbers": seller_home.numbers(access),
            "waiting": seller_home.waiting(access, now=now),
            "next_orders": seller_home.leaving_next(access),
            "stock": seller_home.stock(access),
            "figures": _figures(access, now=now),
            "days": DAYS,
        }
        return render(request, "portal/subscriptions/overview.html", context)


def _figures(access: Access, *, now: datetime) -> Figures:
    today = now.astimezone(access.organization.zone).date()
    return divided.total(access, Period(today - timedelta(days=DAYS - 1), today), Narrowed(), now=now)
