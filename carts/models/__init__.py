"""Connections to marketplaces, and what a marketplace says of the accounts behind them."""

from carts.models.account import AccountDay, AccountReading, LinkAnswer, LinkOutcome
from carts.models.connection import (
    RENEWAL,
    Bucket,
    Cart,
    Consent,
    Grant,
    LinkRequest,
    Listing,
    Press,
    SetupLink,
    tell_apart,
)

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
