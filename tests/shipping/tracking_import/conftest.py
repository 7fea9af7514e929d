"""What the tracking import is tested with."""

from tests.order_pages import (
    acme,
    at_warehouse,
    cart,
    client_for,
    method,
    others_order,
    owner,
    seller,
    stranger,
    viewer,
)

__all__ = [
    "acme",
    "at_warehouse",
    "cart",
    "client_for",
    "method",
    "others_order",
    "owner",
    "seller",
    "stranger",
    "viewer",
]
