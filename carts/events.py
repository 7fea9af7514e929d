"""What may happen to carts, to sellers' authorizations and setup links, and to merchants."""

from core.activity.kinds import Ending, EventKind, Plural

KINDS = (
    EventKind("cart.made", "calm", "Made for <strong>{place}</strong>"),
    EventKind("cart.changed", "calm", "Settings changed: {fields}"),
    EventKind(
        "cart.granted",
        "good",
        "Seller <strong>{seller}</strong> authorized us for {place}",
        (Ending("way", ", by the setup link", equal="setup_link"),),
    ),
    EventKind(
        "cart.account_allowed", "calm", "Allowed to use seller <strong>{seller}</strong>, also of another merchant"
    ),
    EventKind("cart.tested", "calm", "Tested"),
    EventKind("cart.checks_failed", "bad", "Something a working cart needs is missing: {what}"),
    EventKind("cart.checks_passed", "good", "What was missing is there again"),
    EventKind("cart.turned_on", "good", "Turned on"),
    EventKind("cart.paused", "warn", "Paused"),
    EventKind("cart.disconnected", "warn", "Disconnected. What is owed waits"),
    EventKind("cart.archived", "calm", "Archived"),
    EventKind("grant.ended", "bad", "The seller's authorization ended"),
    EventKind("grant.given_back", "calm", "The seller's authorization was given back: no cart uses it any more"),
    EventKind(
        "grant.reminded",
        "warn",
        Plural("days", "The seller was reminded: {days} day left", "The seller was reminded: {days} days left"),
    ),
    EventKind("setup_link.sent", "calm", "Setup link sent to the seller"),
    EventKind("setup_link.revoked", "warn", "Setup link revoked"),
    EventKind("merchant.made", "calm", "Made"),
    EventKind("merchant.changed", "calm", "Changed: {fields}"),
)
