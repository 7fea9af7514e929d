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
    NO_CART = auto()
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
            "Amazon sent no authorization back: it was declined or canceled there. Nothing was connected.",
        ),
        Why.EXPIRED: Refusal(
            "Too late",
            "Amazon does not take this authorization any more: it was used already, or is older than five minutes. "
            "Nothing was connected. Start again; it takes a minute.",
        ),
        Why.UNKNOWN: Refusal(
            "Not connected",
            "This return from Amazon does not belong to a connection begun in this browser. Nothing was connected. "
            "Start again, and stay in one browser from beginning to end.",
        ),
        Why.USED: Refusal(
            "Used already", "This return from Amazon was already used, and works only once. Nothing was changed by it."
        ),
        Why.LATE: Refusal(
            "Too late",
            "More than ten minutes have passed since this connection was begun. Nothing was connected. Start again.",
        ),
        Why.AWAY: Refusal(
            "Amazon is away", "Amazon could not be reached. Nothing was connected. Wait a minute, then start again."
        ),
        Why.REFUSED: Refusal(
            "Amazon refused",
            "{said} Nothing was connected.",
            "Amazon did not accept this portal's request. Nothing was connected. Tell the warehouse about it.",
        ),
        Why.UNREADABLE: Refusal(
            "Not connected",
            "What Amazon sent back names no seller ID we can read. Nothing was connected. Start again.",
        ),
        Why.WRONG_REGION: Refusal(
            "Another region",
            "This seller account is in the region {found}, and {place} belongs to {wanted}. Nothing was connected. "
            "Start again, and sign in at Amazon with the account that sells on {place}.",
        ),
        Why.NO_STORE: Refusal(
            "No store there",
            "This seller account does not sell on {place}; it sells on {elsewhere}. Nothing was connected. "
            "Start again, and sign in at Amazon with the account that sells on {place}.",
        ),
        Why.UNPROVED: Refusal(
            "Not proved",
            "Amazon did not confirm that this authorization is of the seller account it was said to be. Nothing was "
            "connected. Either another account was used, or our application lacks the role “Product Listing” at "
            "Amazon.",
            "Amazon did not confirm that this authorization is of your seller account. Nothing was connected. Start "
            "again; if it ends here once more, tell the warehouse that its application lacks the role “Product "
            "Listing”.",
        ),
        Why.OTHER_SELLER: Refusal(
            "Another seller account",
            "This is another seller account than the cart was connected to before. Nothing was changed. "
            "Sign in at Amazon with the right account, or make a new cart for this one.",
            "This is another seller account than the one connected before. Nothing was changed. "
            "Start again, and sign in at Amazon with the account you used then.",
        ),
        Why.OTHER_MERCHANT: Refusal(
            "In use already",
            "Seller {seller} is already connected for another merchant. Nothing was changed. An admin can allow it on "
            "the cart's page; then start again.",
            "This seller account is in use here already. Nothing was changed. The warehouse was told, and will decide.",
        ),
        Why.TAKEN: Refusal(
            "In use already",
            "Another cart already connects this seller account to {place}. Nothing was changed.",
            "This seller account is connected to {place} already. Nothing was changed.",
        ),
        Why.LINK_CLOSED: Refusal(
            "This link has ended",
            "The setup link was used, revoked or replaced meanwhile, or is too old. Nothing was connected.",
        ),
        Why.CART_GONE: Refusal("Not connected", "The cart was archived meanwhile. Nothing was connected."),
        Why.NO_CART: Refusal(
            "Not connected",
            "We cannot tell which cart this authorization is for. Open the cart, or make a new one, and press "
            "Grant Us API Access.",
            "We know no connection of this seller account that could be renewed. Use the setup link that the warehouse "
            "mails you, or log in if you work there.",
        ),
        Why.STRANGE_ADDRESS: Refusal("Not connected", "{said}"),
    }
)
