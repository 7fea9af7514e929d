"""Connections to marketplaces, and what a marketplace says of the accounts behind them."""

from carts.models.account import AccountDay, AccountReading, LinkAnswer, LinkOutcome
from carts.models.connection import RENEWAL, Bucket, Cart, Grant, Listing, Press, tell_apart
from carts.models.setup_link import Consent, LinkRequest, SetupLink

__all__ = [
    "RENEWAL",
    "AccountDay",
    "AccountReading",
    "Bucket",
    "Cart",
    "Consent",
    "Grant",
    "LinkAnswer",
    "LinkOutcome",
    "LinkRequest",
    "Listing",
    "Press",
    "SetupLink",
    "tell_apart",
]
