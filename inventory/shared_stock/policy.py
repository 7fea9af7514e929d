"""Keeping how a merchant's offers share a shelf."""

from datetime import datetime

from django.db import transaction

from carts.models import Cart, Grant
from core.accounts.models import Merchant, User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from inventory import affected_carts
from inventory.alerts import SHARED
from inventory.models import AccountStock, ShelfPolicy
from inventory.publish import hold
from inventory.shelf_shares import SELLING, Sharing


def accounts_of(merchant: Merchant) -> dict[int, str]:
    """Return what pages call each seller account of a merchant: the names of its carts. The oldest first."""
    carts = Cart.objects.filter(merchant=merchant, grant__isnull=False, state__in=SELLING)
    found: dict[int, str] = {}
    for grant_id, name in carts.order_by("grant", "name", "pk").values_list("grant", "name"):
        if grant_id is not None:
            found[grant_id] = f"{found[grant_id]}, {name}" if grant_id in found else name
    return found


def keep(merchant: Merchant, sharing: Sharing, *, by: User, now: datetime) -> None:
    """Store it; all of the merchant's carts are due at once."""
    grants = Grant.objects.filter(pk__in=list(sharing.shares))
    accounts = [hold.account_of(grant) for grant in grants]
    wanted = {
        "organization_id": merchant.organization_id,
        "rule": sharing.rule,
        "last_units": sharing.last_units,
        "last_grant_id": sharing.last_grant,
        "saved_at": now,
    }
    with transaction.atomic(durable=True):
        policy, _ = ShelfPolicy.objects.update_or_create(merchant=merchant, defaults=wanted)
        for account in accounts:
            AccountStock.objects.filter(pk=account.pk).update(share=sharing.shares[account.grant_id])
        record("stock.shared", merchant, now=now, actor=by, rule=str(policy.get_rule_display()))
        for cart in Cart.objects.filter(merchant=merchant):
            close_alerts(cart, SHARED, now=now)
    affected_carts.tell_all(merchant, now=now)
