"""Amazon's programs by the names people know, and those whose orders must not be shipped like any other.

Reference: `programs` of Order and of OrderItem in Amazon's model of the Orders API 2026-01-01.
"""

from collections.abc import Mapping

from carts.marketplaces.order_needs import GIFT

NAMES: Mapping[str, str] = {
    GIFT: "Gift",  # no program of Amazon's
    "AMAZON_BAZAAR": "Bazaar",
    "AMAZON_BUSINESS": "Business",
    "AMAZON_EASY_SHIP": "Easy Ship",
    "AMAZON_HAUL": "Haul",
    "DELIVERY_BY_AMAZON": "Delivery by Amazon",
    "FBM_SHIP_PLUS": "FBM Ship+",
    "INVOICE_BY_AMAZON": "Invoice by Amazon",
    "IN_STORE_PICK_UP": "In-store pick-up",
    "PREMIUM": "Premium",
    "PREORDER": "Pre-order",
    "PRIME": "Prime",
    "SUBSCRIBE_AND_SAVE": "Subscribe & Save",
    "TRANSPARENCY": "Transparency",
}
PREORDER = "PREORDER"  # not before its date
# Each is the reason of a hold, fit to stand behind the program's name.
HELD: Mapping[str, str] = {
    "IN_STORE_PICK_UP": "the buyer collects it at the store, so it must not be sent as a parcel",
    "AMAZON_EASY_SHIP": "Amazon's carrier collects it: schedule the pick-up and print the label in Seller Central",
    "DELIVERY_BY_AMAZON": "Amazon delivers it: print Amazon's label in Seller Central",
    "FBM_SHIP_PLUS": "its label must be bought in Seller Central, and Amazon marks it as shipped by itself",
}
