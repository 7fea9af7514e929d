"""How often each sweep is made. What is due once a day needs no haste."""

from core.common.bell import Bell


def sweeps(seconds: float) -> dict[Bell, float]:
    """Return the seconds between two sweeps of a kind, where the usual sweep is made every so many ``seconds``."""
    return {
        Bell.IMPORT_DUE: seconds,
        Bell.RELEASE_DUE: seconds,
        Bell.REROUTE_DUE: 12 * seconds,
        Bell.SHIP_DUE: seconds,
        Bell.CONFIRM_DUE: seconds,
        Bell.RECALL_DUE: seconds,
        Bell.PICK_UP_DUE: seconds,
        Bell.CANCEL_DUE: seconds,
        Bell.PUBLISH_DUE: seconds,
        Bell.STOCK_DUE: seconds,
        Bell.MAIL_DUE: seconds,
        Bell.RETRY_DUE: seconds,
        Bell.WEBHOOKS_DUE: seconds,
        Bell.FILES_DUE: seconds,
        Bell.EXPORT_DUE: seconds,
        Bell.RESET_DUE: seconds,
        Bell.LINK_DUE: seconds,
        Bell.OVERDUE_DUE: 12 * seconds,
        Bell.RECONCILE_DUE: max(seconds, 60.0),
        Bell.SERVER_DUE: 12 * seconds,
        Bell.CHECK_DUE: 12 * seconds,
        Bell.FIGURES_DUE: 12 * seconds,
        Bell.REMIND_DUE: 12 * seconds,
        Bell.FORGET_DUE: 12 * seconds,
        Bell.SUMS_DUE: 12 * seconds,
        Bell.CARRIERS_DUE: 3600.0,
        Bell.CLEAN_UP_DUE: 3600.0,
    }
