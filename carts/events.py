"""What may happen to carts, to sellers' authorizations and setup links, and to merchants."""

from core.activity.kinds import Ending, Kind, Plural

KINDS = (
    Kind("cart.made", "calm", "Made for <strong>{place}</strong>"),
    Kind("cart.changed", "calm", "Settings changed: {fields}"),
    Kind(
        "cart.granted",
        "good",
        "Seller <strong>{seller}</strong> authorized us for {place}",
        (Ending("way", ", by the setup link", equal="setup_link"),),
    ),
    Kind("cart.account_allowed", "calm", "Allowed to use seller <strong>{seller}</strong>, also of another merchant"),
    Kind("cart.tested", "calm", "Tested"),
    Kind("cart.checks_failed", "bad", "Something a working cart needs is missing: {what}"),
    Kind("cart.checks_passed", "good", "What was missing is there again"),
    Kind("cart.turned_on", "good", "Turned on"),
    Kind("cart.paused", "warn", "Paused"),
    Kind("cart.disconnected", "warn", "Disconnected. What is owed waits"),
    Kind("cart.archived", "calm", "Archived"),
    Kind("grant.ended", "bad", "The seller's authorization ended"),
    Kind("grant.given_back", "calm", "The seller's authorization was given back: no cart uses it any more"),
    Kind(
        "grant.reminded",
        "warn",
        Plural("days", "The seller was reminded: {days} day left", "The seller was reminded: {days} days left"),
    ),
    Kind("setup_link.sent", "calm", "Setup link sent to the seller"),
    Kind("setup_link.revoked", "warn", "Setup link revoked"),
    Kind("merchant.made", "calm", "Made"),
    Kind("merchant.changed", "calm", "Changed: {fields}"),
)
