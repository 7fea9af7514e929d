"""Waking a worker after a commit, by the name of the door it comes in by.

Every door's name is declared here and nowhere else, so an app may ring for one above it, and a name that no task has
fails at start. What is owed stands in the database: a bell that nobody hears is made up for by the sweep.
"""

from enum import StrEnum
from functools import partial
from typing import Any

import redis
import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

from core.common import redis_line

log = structlog.get_logger(__name__)
EXPIRES = 3600  # seconds: far more than the clocks of two hosts differ by


class Bell(StrEnum):
    """What a worker can be woken for: ``Bell.IMPORT_ORDERS.ring(grant_id=grant.pk)``."""

    # Sweeps: they find what is due.
    CHECK_DUE = "carts.tasks.check_due"
    FIGURES_DUE = "carts.tasks.figures_due"
    REMIND_DUE = "carts.tasks.remind_due"
    IMPORT_DUE = "orders.tasks.import_due"
    RELEASE_DUE = "shipping.tasks.release_due"
    REROUTE_DUE = "shipping.tasks.reroute_due"
    SHIP_DUE = "shipping.tasks.ship_due"
    CONFIRM_DUE = "shipping.tasks.confirm_due"
    RECALL_DUE = "shipping.tasks.recall_due"
    CANCEL_DUE = "shipping.tasks.cancel_due"
    PICK_UP_DUE = "shipping.tasks.pick_up_due"
    OVERDUE_DUE = "shipping.tasks.overdue_due"
    CARRIERS_DUE = "shipping.tasks.carriers_due"
    RECONCILE_DUE = "shipping.tasks.reconcile_due"
    PUBLISH_DUE = "inventory.tasks.publish_due"
    STOCK_DUE = "inventory.tasks.stock_due"
    MAIL_DUE = "alerts.tasks.mail_due"
    RETRY_DUE = "alerts.tasks.retry_due"
    RESET_DUE = "accounts.tasks.reset_due"
    LINK_DUE = "carts.tasks.link_due"
    SERVER_DUE = "alerts.tasks.server_due"
    FORGET_DUE = "activity.tasks.forget_due"
    WEBHOOKS_DUE = "webhooks.tasks.webhooks_due"
    SUMS_DUE = "shipping.tasks.sums_due"
    EXPORT_DUE = "portal.tasks.export_due"
    CLEAN_UP_DUE = "portal.tasks.clean_up_due"
    FILES_DUE = "portal.tasks.files_due"

    # Runs: they do it for one.
    CHECK_CART = "carts.tasks.check"  # cart_id
    READ_FIGURES = "carts.tasks.read_figures"  # grant_id
    IMPORT_ORDERS = "orders.tasks.import_orders"  # grant_id
    HAND_OVER = "shipping.tasks.hand_over"  # warehouse_id
    SHIP_BATCH = "shipping.tasks.ship_batch"  # batch_id
    CONFIRM_PACKAGES = "shipping.tasks.confirm_packages"  # grant_id, and order_ids where only some are meant
    CANCEL_ORDERS = "shipping.tasks.cancel_orders"  # grant_id
    LOOK_AT_WAREHOUSE = "shipping.tasks.look_at_warehouse"  # warehouse_id
    PICK_UP = "shipping.tasks.pick_up"  # account_id
    RECONCILE = "shipping.tasks.reconcile"  # reconciliation_id
    PUBLISH = "inventory.tasks.publish"  # cart_id
    PICK_UP_STOCK = "inventory.tasks.pick_up_stock"  # account_id
    EXCHANGE_FILES = "portal.tasks.exchange_files"  # folder_id
    LOOK_OUTSIDE = "portal.tasks.look_outside"

    def ring(self, **ids: Any) -> None:
        """Wake a worker once the transaction is committed. Neither fails nor waits for a broker that is away."""
        transaction.on_commit(partial(_ring, self, ids))


def _ring(bell: Bell, ids: dict[str, Any]) -> None:
    if not redis_line.is_news(bell.value, ids):
        return
    try:
        current_app.signature(bell.value).apply_async(kwargs=ids, retry=False, expires=EXPIRES)
    except (KombuError, redis.RedisError, OSError) as error:
        redis_line.missed(error)
        log.warning("bell.unheard", task=bell.value)
