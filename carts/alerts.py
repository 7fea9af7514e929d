"""What alerts are raised for about carts and sellers' authorizations, and what sellers are written about."""

from core.alerts.causes import Cause, Occasion, Owner
from core.alerts.held_orders import Waiting

CREDENTIALS_REFUSED = "application.credentials"
SECRET_ENDS = "application.secret"
CHECKS_FAILED = "cart.checks"
NOT_CHECKED = "cart.not_checked"
LISTINGS_UNREAD = "cart.listings_unread"
GRANT_UNREADABLE = "grant.unreadable"
CLOCK_OFF = "application.clock"
GRANT_ENDED = "grant.ended"
GRANT_LAPSES = "grant.lapsing"
GRANT_STOPPED = "grant.stopped"
OTHER_MERCHANT = "grant.other_merchant"
OTHER_SELLER = "grant.other_seller"
SELLER_TWICE = "grant.twice"
LINK_ASKED = "setup_link.asked"
LINK_UNOPENED = "setup_link.unopened"
ACCOUNT_BEHIND = "account.behind"
ACCOUNT_WORSENS = "account.worsens"
QUOTA_SPENT = "grant.quota_spent"
LINK_SENT = "setup_link.sent"
LINK_COMPLETED = "setup_link.completed"

CAUSES = (
    Cause(CREDENTIALS_REFUSED, "Amazon rejected the portal's own credentials", holds=Waiting.UNFINISHED),
    Cause(SECRET_ENDS, "The portal's Amazon secret is about to expire", "warn"),
    Cause(
        CHECKS_FAILED,
        "A cart is missing something it needs",
        to_seller="Your Amazon account lacks something that this connection needs. The warehouse has been told.",
        button="See what is missing",
    ),
    Cause(NOT_CHECKED, "A cart could not be checked for days", "warn"),
    Cause(LISTINGS_UNREAD, "A cart's listings can't be read", "warn"),
    Cause(GRANT_UNREADABLE, "Stored authorizations cannot be decrypted", ours_alone=True, holds=Waiting.UNFINISHED),
    Cause(CLOCK_OFF, "This server's clock is wrong", ours_alone=True),
    Cause(
        GRANT_ENDED,
        "A seller's authorization ended",
        to_seller="Your authorization has ended. Grant access again.",
        owner=Owner.SELLER,
        holds=Waiting.UNFINISHED,
        button="Ask again",
    ),
    Cause(GRANT_STOPPED, "Everything with a seller account is stopped", "warn"),
    Cause(
        GRANT_LAPSES,
        "A seller's authorization expires soon",
        "warn",
        to_seller="Your authorization expires soon. Renew it.",
        owner=Owner.SELLER,
        holds=Waiting.UNFINISHED,
        button="Ask again",
    ),
    Cause(OTHER_MERCHANT, "Seller account already used by another merchant", ours_alone=True),
    Cause(OTHER_SELLER, "A different seller account authorized us", ours_alone=True, owner=Owner.SELLER),
    Cause(SELLER_TWICE, "A seller account would be connected twice", ours_alone=True, owner=Owner.SELLER),
    Cause(LINK_ASKED, "A seller asked for a setup link", "warn", button="Send one"),
    Cause(
        LINK_UNOPENED,
        "A seller has not opened the setup link",
        "warn",
        owner=Owner.SELLER,
        button="Send it again",
        to_seller="Open the setup link in your email to connect your account.",
    ),
    Cause(
        ACCOUNT_BEHIND,
        "A seller account misses the marketplace's targets",
        to_seller="Your account misses a target of Amazon's, or has a warning. See Account Health in Seller Central.",
        owner=Owner.SELLER,
        button="See the figures",
    ),
    Cause(
        ACCOUNT_WORSENS,
        "A seller account's figures are getting worse",
        "warn",
        to_seller="One of Amazon's figures of your account came close to its target within a week.",
        owner=Owner.SELLER,
        button="See the figures",
    ),
    Cause(QUOTA_SPENT, "A seller account's request quota is used up", "warn", owner=Owner.MARKETPLACE, ours_alone=True),
    Occasion(LINK_SENT, "A setup link"),
    Occasion(LINK_COMPLETED, "A seller authorized us with a setup link"),
)
