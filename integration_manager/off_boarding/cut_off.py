"""Cutting a merchant off, who leaves: nothing more is sent or read for them.

Each step is a commit of its own and may be made again: the worker cuts off every hour whoever leaves, so that what a
dead process left undone, and what came since, is stopped too.
"""

from collections.abc import Iterator
from datetime import datetime

from django.apps import apps
from django.db import models, transaction

from carts import lifecycle
from carts.models import Cart, Grant, SetupLink
from core.accounts.models import Merchant, User
from core.alerts.models import Mail
from core.api import keys
from core.api.models import ApiKey
from core.common.errands import Errand, ErrandQuerySet
from core.files.models import FileFolder, MerchantExport
from core.webhooks import endpoint_records
from core.webhooks.models import Endpoint

LEAVES = "The merchant leaves."  # also what tells which errands are owed again if they stay
HERE = (Mail, MerchantExport)  # the 3PL's own people are told what happens, and whoever leaves takes all with them


def cut_off_all(*, now: datetime) -> None:
    for merchant in Merchant.objects.exclude(leaves_at=None).order_by("pk"):
        cut_off(merchant, by=None, now=now)


def cut_off(merchant: Merchant, *, by: User | None, now: datetime) -> None:
    for cart in Cart.objects.filter(merchant=merchant).select_related("grant", "merchant").order_by("pk"):
        if cart.state == Cart.State.SETUP:
            lifecycle.archive(cart, by=by, now=now)
        elif cart.state != Cart.State.ARCHIVED:
            lifecycle.disconnect(cart, by=by, now=now)
    for grant in Grant.objects.filter(merchant=merchant, state=Grant.State.CONNECTED).order_by("pk"):
        with transaction.atomic(durable=True):
            lifecycle.give_back(Grant.objects.select_for_update().get(pk=grant.pk), now=now)
    for key in ApiKey.objects.filter(merchant=merchant, revoked_at=None).order_by("pk"):
        keys.revoke(key, by=by, now=now)
    for endpoint in Endpoint.objects.in_use().filter(merchant=merchant).order_by("pk"):
        endpoint_records.turn_off(endpoint, LEAVES, now=now)
    FileFolder.objects.filter(merchant=merchant).delete()
    SetupLink.objects.filter(merchant=merchant).unspent().update(revoked_at=now)
    for rows in _errands(merchant):
        rows.owed().untaken(now).stop(LEAVES)


def owe_again(merchant: Merchant, *, now: datetime) -> None:
    for rows in _errands(merchant):
        rows.dropped().filter(last_error=LEAVES).reopen(now=now)


def _errands(merchant: Merchant) -> Iterator[ErrandQuerySet[models.Model]]:
    """Yield what is owed to other servers for the merchant, kind by kind."""
    for model in apps.get_models():
        if issubclass(model, Errand) and model not in HERE and "merchant" in {f.name for f in model._meta.fields}:
            yield model._default_manager.filter(merchant=merchant)  # type: ignore[misc]
