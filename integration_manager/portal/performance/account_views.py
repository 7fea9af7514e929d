"""The page of one account as its marketplace judges it: each figure beside its target and ours, and over time."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from carts.account_health import kept_figures
from carts.account_health.kept_figures import JudgedRate
from carts.lookup import find_cart
from carts.marketplaces import APPLICATIONS
from carts.marketplaces.account_figures import Rate
from carts.models import AccountDay, Cart
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.common import clock
from integration_manager.portal.performance import divided
from integration_manager.portal.performance.divided import Narrowed
from integration_manager.portal.performance.figures import Figures
from integration_manager.portal.performance.periods import Period

DAYS = 92  # that are shown
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Beside:
    """A rate as the marketplace tells it, with what it was a week before, and ours of the same days."""

    judged: JudgedRate
    before: JudgedRate | None
    ours: float | None


@require_safe
@door(Ability.LOOK)
def show(request: HttpRequest, cart_id: int) -> HttpResponse:
    access, cart, now = access_of(request), find_cart(request, cart_id), clock.now()
    there = APPLICATIONS[cart.kind].marketplace
    found = next(iter(kept_figures.accounts([cart])), None)
    days = list(AccountDay.objects.visible_to(access).filter(cart=cart).order_by("-day").defer("source")[:DAYS])
    wanted = request.GET.get("rate", "")
    shown = Rate(wanted) if wanted in set(Rate) else _worst(found.rates if found else ())
    by_day = [(row, {each.rate: each for each in kept_figures.judged(row, cart.kind)}) for row in days]
    heads = [rate for rate in Rate if any(rate in judged for _, judged in by_day)]
    context = {
        "cart": cart,
        "account": found,
        "rates": _beside(found.row, cart, access, now) if found and found.row else [],
        "days": [
            (row, kept_figures.standing(row, cart.kind), [(rate, judged.get(rate)) for rate in heads])
            for row, judged in by_day
        ],
        "heads": [rate.label for rate in heads],
        "shown": shown,
        "choices": [rate.rate for rate in found.rates] if found else [],
        "plot": _plot(days, shown, cart, access.organization.zone) if len(days) > 1 else None,
        "targets_source": there.targets_source,
        "crumbs": [("Performance", reverse("performance:page"))],
    }
    return render(request, "portal/performance/account.html", context)


def _worst(rates: Any) -> Rate:
    return next((each.rate for each in rates if each.is_met is False), Rate.LATE)


def _beside(row: AccountDay, cart: Cart, access: Access, now: datetime) -> list[Beside]:
    earlier = kept_figures.a_week_before(row)
    before = {each.rate: each for each in kept_figures.judged(earlier, cart.kind)} if earlier else {}
    ours: dict[tuple[Any, Any], Figures] = {}
    found = []
    for judged in kept_figures.judged(row, cart.kind):
        mine = None
        if judged.rate in OURS and judged.since and judged.until:
            days = (judged.since, judged.until)
            if days not in ours:
                ours[days] = divided.total(access, Period(*days), Narrowed(cart=cart.pk), now=now)
            mine = OURS[judged.rate](ours[days])
        found.append(Beside(judged, before.get(judged.rate), mine))
    return found


def _late(figures: Figures) -> float | None:
    return None if figures.on_time_share is None else round(100 - figures.on_time_share, 1)


OURS = {
    Rate.LATE: _late,
    Rate.CANCELED: lambda figures: figures.canceled_share,
    Rate.TRACKED: lambda figures: figures.tracked_share,
}


def _plot(days: list[AccountDay], rate: Rate, cart: Cart, zone: tzinfo) -> dict[str, Any] | None:
    """Return the lines of one rate and its target, the oldest day first; None where it was told once or never."""
    told = [each for row in reversed(days) for each in [(row.day, _of(row, rate, cart))] if each[1]]
    shares = [(day, judged) for day, judged in told if judged and judged.share is not None]
    if len(shares) < 2:
        return None
    values = [[float(judged.share or 0) for _, judged in shares]]
    names = [rate.label + ", %"]
    if all(judged.target for _, judged in shares):
        values.append([float(judged.target.value) for _, judged in shares if judged.target])
        names.append("Target, %")
    lowest = min(min(line) for line in values)
    return {
        "moments": [datetime.combine(day, time(12), zone).timestamp() for day, _ in shares],
        "names": names,
        "values": values,
        "base": max(0, int(lowest) - 1) if lowest > 50 else 0,
    }


def _of(row: AccountDay, rate: Rate, cart: Cart) -> JudgedRate | None:
    return next((each for each in kept_figures.judged(row, cart.kind) if each.rate is rate), None)
