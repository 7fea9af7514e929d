"""The roles our application needs at Amazon. docs/connecting.md says the same to whoever registers it.

Reference: https://developer-docs.amazon.com/sp-api/docs/roles-in-the-selling-partner-api
"""

from carts.marketplaces.amazon.probe import ADDRESSES, LISTINGS, ORDERS, PARTICIPATION, QUANTITIES
from carts.marketplaces.values import NeededRole

ROLES = (
    NeededRole("Inventory and Order Tracking", "read orders", frozenset({ORDERS})),
    NeededRole(
        "Direct-to-Consumer Shipping (restricted)",
        "read buyers' addresses and send tracking numbers",
        frozenset({ADDRESSES}),
    ),
    NeededRole(
        "Product Listing",
        "confirm whose an authorization is, read listings and set quantities",
        frozenset({LISTINGS, QUANTITIES}),
    ),
    NeededRole(
        "Selling Partner Insights", "see where a seller sells, and the selling plan", frozenset({PARTICIPATION})
    ),
)
