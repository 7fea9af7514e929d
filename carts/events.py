"""What may happen to carts, to sellers' authorizations and setup links, and to merchants."""

from core.activity.kinds import Ending, EventKind, Plural

KINDS = (
    EventKind("cart.made", "calm", "Created for <strong>{place}</strong>"),
    EventKind("cart.changed", "calm", "Settings changed: {fields}"),
    EventKind(
        "cart.granted",
        "good",
        "Seller <strong>{seller}</strong> authorized us for {place}",
        (Ending("way", ", with the setup link", equal="setup_link"),),
    ),
    EventKind(
        "cart.account_allowed",
        "calm",
        "Allowed to use seller <strong>{seller}</strong>, which another merchant also uses",
    ),
    EventKind(
        "cart.store_left",
        "warn",
        "Seller <strong>{seller}</strong> taken off the cart before it went live",
        (Ending("store", ": store {store}"),),
    ),
    EventKind("cart.tested", "calm", "Tested"),
    EventKind("cart.checks_failed", "bad", "Something the cart needs is missing: {what}"),
    EventKind("cart.checks_passed", "good", "What was missing is back"),
    EventKind("cart.turned_on", "good", "Turned on"),
    EventKind("cart.paused", "warn", "Paused"),
    EventKind("cart.disconnected", "warn", "Disconnected. Everything unfinished waits"),
    EventKind("cart.archived", "calm", "Archived"),
    EventKind("grant.ended", "bad", "The seller's authorization ended"),
    EventKind("grant.stopped", "warn", "Everything with this seller account stopped: {reason}"),
    EventKind("grant.went_on", "good", "Going on with this seller account"),
    EventKind("grant.given_back", "calm", "The seller's authorization was given up: no cart uses it any longer"),
    EventKind(
        "grant.reminded",
        "warn",
        Plural("days", "Reminded the seller: {days} day left", "Reminded the seller: {days} days left"),
    ),
    EventKind("setup_link.sent", "calm", "Setup link sent to the seller"),
    EventKind("setup_link.revoked", "warn", "Setup link revoked"),
    EventKind("cart.link_answered", "calm", "Business information at the marketplace: {answer}"),
    EventKind("merchant.linking_noted", "calm", "Linking the accounts: {outcome}"),
    EventKind("merchant.made", "calm", "Created"),
    EventKind("merchant.export_asked", "calm", "Asked for everything of the merchant as a file"),
    EventKind(
        "merchant.exported", "good", Plural("count", "The file is made: {count} row", "The file is made: {count} rows")
    ),
    EventKind("merchant.export_taken", "calm", "Everything of the merchant downloaded as a file"),
    EventKind("merchant.changed", "calm", "Changed: {fields}"),
    EventKind("merchant.leaves", "warn", "Leaves: everything is deleted on {day}"),
    EventKind("merchant.stays", "good", "Stays after all"),
)
