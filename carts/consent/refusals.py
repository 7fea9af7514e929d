"""Why a consent bound nothing, and what is said of it: to staff, and to a seller who has no account here.

Sellers read only what is about their own account. What other merchants have here is not told to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType


class Why(StrEnum):
    DENIED = auto()
    EXPIRED = auto()
    UNKNOWN = auto()
    USED = auto()
    LATE = auto()
    AWAY = auto()
    BUSY = auto()
    REFUSED = auto()
    UNREADABLE = auto()
    WRONG_REGION = auto()
    NO_STORE = auto()
    UNPROVED = auto()
    OTHER_SELLER = auto()
    OTHER_MERCHANT = auto()
    TAKEN = auto()
    LINK_CLOSED = auto()
    CART_GONE = auto()
    LEAVES = auto()
    NO_CART = auto()
    NO_STATE = auto()
    NO_VISIT = auto()
    SEVERAL = auto()
    CHANGED = auto()
    DOUBLED = auto()
    SAID = auto()
    ELSEWHERE = auto()
    SWITCHED = auto()
    NO_WAY_BACK = auto()
    STRANGE_ADDRESS = auto()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A headline, and sentences that may hold {names} of details."""

    title: str
    text: str
    to_seller: str = ""  # where a seller is told something else


class NotGranted(Exception):
    """The consent bound nothing. The message says why; what to do next depends on who reads it."""

    def __init__(self, said: str, *, why: Why = Why.REFUSED, to_seller: str = "") -> None:
        super().__init__(said)
        self.why = why
        self.to_seller = to_seller or said

    @property
    def title(self) -> str:
        return REFUSALS[self.why].title


def refused(why: Why, **details: str) -> NotGranted:
    """Return the error to raise."""
    refusal = REFUSALS[why]
    to_seller = (refusal.to_seller or refusal.text).format(**details)
    return NotGranted(refusal.text.format(**details), why=why, to_seller=to_seller)


REFUSALS: Mapping[Why, Refusal] = MappingProxyType(
    {
        Why.DENIED: Refusal(
            "Not authorized",
            "Amazon sent back no authorization: it was declined or canceled there. Nothing was connected.",
        ),
        Why.EXPIRED: Refusal(
            "Too late",
            "Amazon no longer accepts this authorization: it has been used, or is older than five minutes. "
            "Nothing was connected. Start again; it takes a minute.",
        ),
        Why.UNKNOWN: Refusal(
            "Not connected",
            "This response from Amazon doesn't belong to a connection started in this browser. Nothing was connected. "
            "Start again, and use the same browser from beginning to end.",
            "This response from Amazon doesn't belong to a connection started in this browser. Nothing was connected. "
            "Start again: if a warehouse emailed you a setup link, open that link again in this browser, and stay in "
            "it until you see “Success”. Otherwise, log in.",
        ),
        Why.USED: Refusal(
            "Already used", "This response from Amazon has already been used, and works only once. Nothing was changed."
        ),
        Why.LATE: Refusal(
            "Too late",
            "More than ten minutes have passed since this connection was started. Nothing was connected. Start again.",
        ),
        Why.AWAY: Refusal(
            "Amazon can't be reached",
            "Amazon could not be reached. Nothing was connected. Wait a minute, then start again.",
        ),
        Why.BUSY: Refusal(
            "Amazon is slow at the moment",
            "Others are already waiting for Amazon's response, so yours was not read yet. Nothing is lost: reload this "
            "page within five minutes.",
        ),
        Why.REFUSED: Refusal(
            "Amazon refused",
            "{said} Nothing was connected.",
            "Amazon did not accept this portal's request. Nothing was connected. Please tell the warehouse.",
        ),
        Why.UNREADABLE: Refusal(
            "Not connected",
            "Amazon's response has no seller ID we can read. Nothing was connected. Start again.",
        ),
        Why.WRONG_REGION: Refusal(
            "Wrong region",
            "This seller account is in the region {found}, and {place} belongs to {wanted}. Nothing was connected. "
            "Start again with the account that sells on {place}.",
        ),
        Why.NO_STORE: Refusal(
            "No store on this marketplace",
            "This seller account does not sell on {place}; it sells on {elsewhere}. Nothing was connected. "
            "Start again with the account that sells on {place}.",
        ),
        Why.UNPROVED: Refusal(
            "Not confirmed",
            "Amazon did not confirm that this authorization comes from seller account {seller}. Nothing was "
            "connected. Either it is another account's, or our application is missing the role “Product Listing” "
            "at Amazon.",
            "Amazon did not confirm that this authorization comes from your seller account. Nothing was connected. "
            "Start again; if you end up here again, tell the warehouse that its application is missing the role "
            "“Product Listing”.",
        ),
        Why.OTHER_SELLER: Refusal(
            "Different seller account",
            "This is not the seller account the cart was connected to before. Nothing was changed. "
            "Sign in at Amazon with the right account, or create a new cart for this one; if it asks for the "
            "account, choose “Another seller account”.",
            "This is not the seller account that was connected before. Nothing was changed. "
            "Start again, and sign in at Amazon with the account you used before.",
        ),
        Why.OTHER_MERCHANT: Refusal(
            "Already in use",
            "Seller {seller} is already connected for {merchant}. Nothing was changed. An admin can allow it on "
            "the cart's page; then start again.",
            "This seller account is already in use here. Nothing was changed. The warehouse has been notified and will "
            "decide.",
        ),
        Why.TAKEN: Refusal(
            "Already in use",
            "Seller {seller} is already connected to {place} by another cart. Nothing was changed: two carts would "
            "bring each order twice. Archive the cart that isn't needed.",
            "This seller account is already connected to {place}. Nothing was changed.",
        ),
        Why.LINK_CLOSED: Refusal(
            "This link no longer works",
            "The setup link has been used, revoked or replaced, or has expired. Nothing was connected.",
        ),
        Why.CART_GONE: Refusal("Not connected", "The cart has been archived in the meantime. Nothing was connected."),
        Why.LEAVES: Refusal(
            "Not connected", "This merchant leaves, and their data is about to be deleted. Nothing was connected."
        ),
        Why.NO_CART: Refusal(
            "Not connected",
            "We can't tell which cart this authorization is for. Open the cart, or create a new one, and press "
            "Grant us API access.",
            "We have no connection for this seller account that could be renewed. Use the setup link the warehouse "
            "emailed you, or log in if you work there.",
        ),
        Why.STRANGE_ADDRESS: Refusal("Not connected", "{said}"),
        Why.NO_STATE: Refusal(
            "Not connected",
            "Amazon's response doesn't say which connection it is for: its state is missing. Nothing was connected. "
            "Start here, not at Amazon: open the cart, or create a new one, and press Grant us API access.",
            "Amazon's response doesn't say which connection it is for. Nothing was connected. Start again with the "
            "button in the email the warehouse sent you, or at Amazon under Manage Your Apps.",
        ),
        Why.NO_VISIT: Refusal(
            "Not connected",
            "Amazon opens this address in the middle of an authorization. This time its amazon_state is missing, so "
            "Amazon would not go on. Nothing was connected. Start again.",
        ),
        Why.SEVERAL: Refusal(
            "Which cart is this for?",
            "Several connections were started in this browser, and Amazon doesn't say which of them this is for. "
            "Nothing was connected. Open the cart that is meant, press Grant us API access again, and finish at Amazon "
            "before you start another.",
            "Several connections were started in this browser, and Amazon doesn't say which of them this is for. "
            "Nothing was connected. Close Amazon's other tabs, then press the button in the right email again.",
        ),
        Why.CHANGED: Refusal(
            "Two seller accounts",
            "Amazon first named seller {first}, and then {then}. Nothing was connected. Sign out of Amazon, then start "
            "again with the right account.",
            "Amazon named two different seller accounts. Nothing was connected. Sign out of Amazon, then start again "
            "with the right account.",
        ),
        Why.DOUBLED: Refusal(
            "Not connected",
            "The address Amazon sent you to holds {name} twice, with different values. Nothing was connected. "
            "Start again.",
        ),
        Why.SAID: Refusal(
            "Amazon refused",
            "Amazon sent back no authorization, and calls the reason {said}. Nothing was connected. Start again; if it "
            "happens again, compare the application's settings at Amazon with docs/connecting.md.",
            "Amazon sent back no authorization. Nothing was connected. Start again; if it happens again, please tell "
            "the warehouse that Amazon said {said}.",
        ),
        Why.SWITCHED: Refusal(
            "Started for another organization",
            "You started this connection while you worked for {organization}, and have switched since. Nothing was "
            "connected. Switch back to {organization}, then start again.",
        ),
        Why.NO_WAY_BACK: Refusal(
            "Amazon would not send you back",
            "This portal's address is {there}, and Amazon sends browsers back to https:// addresses only. Nothing was "
            "sent. Set PUBLIC_URL to an https:// address (docs/running.md), or enter a refresh token on the cart's "
            "page.",
            "Amazon can't send you back to this portal yet. Nothing was sent. Please tell the warehouse that it needs "
            "an https:// address.",
        ),
        Why.ELSEWHERE: Refusal(
            "Go on at the portal's own address",
            "You are at {here}, and Amazon sends your browser back to {there}, where nobody would know of what you "
            "started here. Nothing was sent. Go on at {there}; you may have to log in there.",
            "You are at {here}, and Amazon sends your browser back to {there}. Nothing was sent. Go on at {there}.",
        ),
    }
)
