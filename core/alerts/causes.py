"""What mails and alerts are about, in words for people."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "alerts": "Several things that need a person",
    "application.credentials": "Amazon does not accept the portal's own credentials",
    "application.secret": "The portal's secret at Amazon has to be renewed",
    "cart.checks": "A cart lacks something it needs to work",
    "cart.drift": "A cart and the warehouse differ",
    "cart.feed_failed": "A feed of tracking numbers failed",
    "grant.ended": "A seller's authorization ended",
    "grant.lapsing": "A seller's authorization lapses soon",
    "grant.other_merchant": "A seller account that another merchant uses",
    "grant.other_seller": "Another seller authorized us than before",
    "mail.refused": "A mail was not delivered",
    "order.cancel_at_warehouse": "Canceled while the warehouse has it",
    "order.canceled_late": "Canceled after it was shipped",
    "order.differs": "Changed on the marketplace after it left",
    "order.not_canceled": "The marketplace did not cancel it",
    "order.not_changed": "The warehouse did not take a change",
    "order.not_confirmed": "The tracking was refused",
    "order.not_released": "The warehouse did not take it",
    "order.off_the_bench": "To be taken off the packing bench",
    "order.partly_canceled": "Partly canceled",
    "orders.created": "Orders that came in",
    "orders.failed": "Orders that failed to import",
    "orders.not_downloaded": "Orders cannot be downloaded",
    "package.not_seen": "Tracking that the cart does not show",
    "party.added": "Put on the list of who is told",
    "person.invited": "An invitation",
    "setup_link.asked": "A seller asks for a setup link",
    "setup_link.completed": "A seller authorized us by a setup link",
    "setup_link.sent": "A setup link",
    "ship_method.unmapped": "A ship method that is not mapped",
    "stock.not_told": "Stock that the cart refused",
    "storm": "Many alerts of one cause",
    "storm.calmed": "Many alerts of one cause, and they ceased",
}


def say(cause: str) -> str:
    """Return the words for a cause. One without any is told by its name."""
    return WORDS.get(cause) or cause.replace(".", " ").replace("_", " ").capitalize()
