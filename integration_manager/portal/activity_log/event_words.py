"""What may happen, in the words of the page's filter: the things it may happen to, and what may happen to each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.activity import kinds

# How a kind begins ("api_key.rotated"): one of the things, and the heading over what may happen to them.
HEADS: Mapping[str, tuple[str, str]] = {
    "activity": ("Activity", "Activity"),
    "alerts": ("Alert", "Alerts"),
    "api_key": ("API key", "API keys"),
    "carrier": ("Carrier", "Carriers"),
    "cart": ("Cart", "Carts"),
    "charges": ("Charges", "Additional charges"),
    "feed": ("Feed of tracking", "Feeds of tracking"),
    "files": ("File exchange", "File exchange"),
    "filters": ("Order filters", "Order filters"),
    "grant": ("Authorization", "Authorizations"),
    "items": ("Item", "Items"),
    "mail": ("Email", "Emails"),
    "merchant": ("Merchant", "Merchants"),
    "method_default": ("Default ship method", "Default ship methods"),
    "method_rule": ("Ship method rule", "Ship method rules"),
    "order": ("Order", "Orders"),
    "orders": ("Orders", "Orders, many at once"),
    "organization": ("Organization", "Organization"),
    "package": ("Package", "Packages"),
    "performance": ("Performance", "Performance"),
    "person": ("Person", "People"),
    "rate": ("Currency rate", "Currency rates"),
    "recipient": ("Recipient", "Recipients"),
    "route": ("Warehouse of a cart", "Warehouses of carts"),
    "routing_rule": ("Routing rule", "Routing rules"),
    "setup_link": ("Setup link", "Setup links"),
    "ship_method": ("Ship method", "Ship methods"),
    "shipment": ("Shipment", "Shipments"),
    "stock": ("Stock", "Stock"),
    "subscription": ("Subscription", "Subscriptions to alerts"),
    "warehouse": ("Warehouse", "Warehouses"),
    "webhook": ("Webhook", "Webhooks"),
}
# Of the kinds whose own name doesn't say it.
DEEDS: Mapping[str, str] = {
    "api_key.made": "Created",
    "api_key.moved": "Allowed addresses changed",
    "alerts.restored": "Open again",
    "alerts.retry_begun": "Retry started",
    "carrier.code_changed": "Name at the marketplace changed",
    "cart.account_allowed": "Shared seller account allowed",
    "cart.granted": "Authorized by the seller",
    "cart.link_answered": "Account-linking question answered",
    "cart.made": "Created",
    "cart.reconciled": "Compared with the marketplace",
    "cart.store_left": "Seller account taken off",
    "feed.failed": "Failed",
    "feed.made": "Submitted",
    "feed.read": "Result read",
    "files.place_left": "Automatic exchange turned off",
    "files.place_used": "Automatic exchange turned on",
    "files.sftp_changed": "SFTP server changed",
    "files.sftp_key_accepted": "SFTP server's key accepted",
    "grant.given_back": "Given up",
    "grant.reminded": "Seller reminded",
    "grant.stopped": "Calls stopped",
    "grant.went_on": "Calls resumed",
    "items.forgotten": "No longer matched",
    "items.named": "Matched",
    "mail.given_up": "Given up",
    "merchant.export_asked": "Export requested",
    "merchant.export_taken": "Export downloaded",
    "merchant.exported": "Export ready",
    "merchant.leaves": "Off-boarding started",
    "merchant.linking_noted": "Account linking noted",
    "merchant.made": "Created",
    "merchant.stays": "Off-boarding stopped",
    "method_rule.kept": "Saved",
    "order.amended": "Rest sent to the warehouse",
    "order.cancel_refused": "Ships although the buyer asked to cancel",
    "order.cancel_wanted": "Cancellation requested",
    "order.canceled_late": "Canceled after it was shipped",
    "order.canceled_there": "Canceled by the warehouse",
    "order.change_known": "Warehouse told in person",
    "order.charged": "Additional charge",
    "order.differs": "Differs from the marketplace",
    "order.erased": "Buyer's data erased",
    "order.found_there": "Found at the warehouse",
    "order.handed_again": "Sent to the warehouse again",
    "order.kept_ours": "Our version kept",
    "order.let_go": "Released from hold",
    "order.line_cancel_refused": "Line ships although the buyer asked to cancel",
    "order.lines_taken": "Left-out lines accepted",
    "order.method_found": "Ship method found",
    "order.moved": "Status changed",
    "order.not_canceled": "Not canceled by the marketplace",
    "order.not_changed": "Change refused by the warehouse",
    "order.not_recalled": "Not given back by the warehouse",
    "order.not_released": "Refused by the warehouse",
    "order.noted": "Note added",
    "order.partly_shipped_there": "Partly shipped elsewhere",
    "order.read_again": "Read from the marketplace again",
    "order.recalled": "Given back by the warehouse",
    "order.released": "Handed to the warehouse",
    "order.removed": "Removed from its cart",
    "order.routed": "Warehouse chosen",
    "order.split": "Split over warehouses",
    "order.rerouted": "Warehouse changed",
    "order.seen_to": "Alert handled",
    "order.sending_canceled": "Stopped before the warehouse had it",
    "order.taken": "Accepted anyway",
    "order.took_theirs": "Changed to match the marketplace",
    "orders.file_taken": "Taken from a file",
    "orders.removed": "Removed from their cart",
    "package.confirmed": "Tracking sent",
    "package.corrected": "Tracking corrected",
    "package.cut": "Confirmed in part",
    "package.not_confirmed": "Tracking refused",
    "package.not_owed": "Tracking not sent",
    "package.not_seen": "Not shown by the marketplace",
    "package.recoded": "Transparency codes corrected",
    "package.redated": "Ship date corrected",
    "package.renumbered": "Renumbered",
    "package.repacked": "Contents corrected",
    "package.seen": "Shown by the marketplace",
    "package.told_again": "Tracking sent again",
    "person.invitation_copied": "Invitation link copied",
    "person.mail_off": "Alert emails turned off",
    "person.mail_on": "Alert emails turned on",
    "recipient.looked_at": "Viewed",
    "route.by_cart": "One warehouse for all orders",
    "route.by_rules": "Left to the routing rules",
    "routing_rule.splits": "Splitting orders allowed",
    "routing_rule.keeps_whole": "Splitting orders stopped",
    "routing_rule.kept": "Saved",
    "ship_method.mapped": "Mapped",
    "shipment.as_packed": "Accepted as packed",
    "shipment.held": "Held: not as ordered",
    "shipment.returned": "Returned to be packed again",
    "stock.decided": "Decided where carts differ",
    "stock.feed_failed": "Feed failed",
    "stock.feed_made": "Feed submitted",
    "stock.feed_read": "Feed's result read",
    "stock.let_go": "Held quantities sent anyway",
    "stock.not_told": "Refused by the marketplace",
    "stock.safety": "Safety stock set",
    "stock.shared": "Sharing changed",
    "stock.sheet": "Counted from a sheet",
    "stock.told": "Sent to the marketplace",
    "subscription.stopped": "Unsubscribed",
    "warehouse.hastened": "Waiting orders sent at once",
    "warehouse.matched": "Merchant matched",
    "warehouse.refused": "Credentials refused",
    "warehouse.sent_again": "Refused orders sent again",
    "warehouse.unmatched": "Merchant no longer matched",
    "webhook.replayed": "Earlier messages sent again",
    "webhook.secret_ended": "Former secret ended",
    "webhook.tested": "Test message sent",
}


def say_deed(kind: str) -> str:
    """Return what happened, without to what: "Released from hold"."""
    own = kind.partition(".")[2].replace("_", " ")
    return DEEDS.get(kind) or own[:1].upper() + own[1:]


def say_kind(kind: str) -> str:
    """Return a kind as people read it: "Order: released from hold". An older version's is told by its name."""
    head, deed = kind.partition(".")[0], say_deed(kind)
    one = HEADS[head][0] if head in HEADS else head.replace("_", " ").capitalize()
    return f"{one}: {deed if deed[1:2].isupper() else deed[:1].lower() + deed[1:]}"


def groups() -> list[tuple[str, Sequence[tuple[str, str]]]]:
    """Return the headings in the order of the alphabet, each with all of it first, then what may happen."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind in kinds.declared():
        found[kind.name.partition(".")[0]].append(kind.name)
    headed = sorted((HEADS[head][1], head) for head in found)
    return [(label, [(head, f"{label}: everything"), *_deeds(found[head])]) for label, head in headed]


def _deeds(names: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(((name, say_deed(name)) for name in names), key=lambda choice: choice[1])
