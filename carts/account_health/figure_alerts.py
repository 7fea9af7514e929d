"""Who is told when a marketplace's figures of an account miss their targets, or come close to it in a week.

One alert of each cause for an account. The next figures that are in order close it. Reports that leave the account out
let it stand for a while, and it says so.
"""

from datetime import datetime, timedelta

from django.urls import reverse

from carts.account_health import kept_figures
from carts.account_health.kept_figures import JudgedRate
from carts.alerts import ACCOUNT_BEHIND, ACCOUNT_WORSENS
from carts.marketplaces import APPLICATIONS
from carts.models import AccountDay, Cart
from core.alerts.models import Alert
from core.alerts.raised import close_alerts, raise_alert
from core.ui.formats import tell_date, tell_share

STANDS = timedelta(days=14)  # what was told longer ago says nothing about now


def tell(cart: Cart, *, now: datetime) -> None:
    """Raise, refresh or close what a cart's last figures call for, after each report that was read."""
    row = kept_figures.latest([cart.pk]).get(cart.pk)
    if row is None:
        return
    if row.told_at < now - STANDS:
        close_alerts(cart, ACCOUNT_BEHIND, ACCOUNT_WORSENS, now=now)
        return
    path = reverse("performance:account", args=[cart.pk])
    if missed := _missed(row, cart):
        said = f"{cart.merchant}, {cart}: by {cart.place.name}'s figures, {'; '.join(missed)}."
        raise_alert(ACCOUNT_BEHIND, cart, said + _since(row, cart, now), now=now, path=path)
    else:
        close_alerts(cart, ACCOUNT_BEHIND, now=now)
    if worse := _worse(row, cart):
        said = f"{cart.merchant}, {cart}: within a week, {'; '.join(worse)}. They are still on target."
        raise_alert(ACCOUNT_WORSENS, cart, said + _since(row, cart, now), now=now, path=path)
    else:
        close_alerts(cart, ACCOUNT_WORSENS, now=now)


def forget_what_is_no_matter(*, now: datetime) -> None:
    """Close the alerts of carts whose marketplace is not asked any more: nothing else would."""
    opened = Alert.objects.filter(cause__in=(ACCOUNT_BEHIND, ACCOUNT_WORSENS), closed_at=None).values("subject_id")
    for cart in Cart.objects.filter(pk__in=opened).exclude(pk__in=Cart.objects.asked().values("pk")):
        close_alerts(cart, ACCOUNT_BEHIND, ACCOUNT_WORSENS, now=now)


def _missed(row: AccountDay, cart: Cart) -> list[str]:
    there = APPLICATIONS[cart.kind].marketplace
    found = []
    if row.standing and row.standing != there.good_standing:
        word, _ = kept_figures.standing(row, cart.kind)
        found.append(f"the account's status is “{word}”")
    for rate in kept_figures.judged(row, cart.kind):
        if rate.is_met is False:
            found.append(f"{_told(rate)} ({_target(rate)})")
    if words := kept_figures.warning_words(row):
        found.append(f"it warns of {', '.join(words)}")
    return found


def _worse(row: AccountDay, cart: Cart) -> list[str]:
    earlier = kept_figures.a_week_before(row)
    if earlier is None:
        return []
    before = {rate.rate: rate for rate in kept_figures.judged(earlier, cart.kind)}
    found = []
    for rate in kept_figures.judged(row, cart.kind):
        was = before.get(rate.rate)
        if was is not None and was.share is not None and rate.target is not None and rate.worsened_from(was):
            way = "up" if rate.target.below else "down"
            found.append(f"{_told(rate)}, {way} from {tell_share(was.share)} ({_target(rate)})")
    return found


def _since(row: AccountDay, cart: Cart, now: datetime) -> str:
    """Return when that was told, where the report that was read now says nothing of it."""
    if row.told_at == now:
        return ""
    told_on = tell_date(row.told_at, zone=cart.organization.zone)
    return f" That was told on {told_on}; the reports since then leave {cart.place.name} out."


def _told(rate: JudgedRate) -> str:
    assert rate.share is not None
    return f"{rate.rate.label.lower()}: {tell_share(rate.share)}"


def _target(rate: JudgedRate) -> str:
    assert rate.target is not None
    return f"target: {'below' if rate.target.below else 'above'} {tell_share(rate.target.value)}"
