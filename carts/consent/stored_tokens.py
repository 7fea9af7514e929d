"""Sellers' authorizations that cannot be decrypted, because a key of VAULT_KEYS is gone: our own fault, told at once.

One alert an organization. Everything owed waits at no cost and goes on once the key is back.
"""

from collections import defaultdict
from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from carts.alerts import GRANT_UNREADABLE
from carts.consent import grants
from carts.lifecycle import GONE
from carts.models import Cart, Grant
from core.accounts.models import Organization
from core.alerts.raised import keep_alerts


def watch(*, now: datetime) -> None:
    """Try every stored authorization; raise, refresh or close the alerts."""
    used = Cart.objects.exclude(state__in=GONE).values("grant")
    closed: dict[int, list[Grant]] = defaultdict(list)
    for grant in Grant.objects.filter(pk__in=used, state=Grant.State.CONNECTED).iterator():
        if not grants.is_readable(grant):
            closed[grant.organization_id].append(grant)
    path = reverse("carts:carts")
    found = Organization.objects.filter(pk__in=closed).order_by("pk")
    keep_alerts(GRANT_UNREADABLE, [(each, _said(closed[each.pk]), path) for each in found], now=now)


def _said(closed: list[Grant]) -> str:
    count = len(closed)
    sellers = ngettext("The authorization of {count} seller", "The authorizations of {count} sellers", count)
    return (
        f"{sellers.format(count=count)} can't be decrypted: a key is missing from VAULT_KEYS, or it was changed. Put "
        "every key that was ever used back and restart. If the key is lost, have the sellers authorize again. Nothing "
        "owed is lost: it waits."
    )
