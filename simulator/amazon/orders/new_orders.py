"""Writing orders: by themselves from the seed, from a test, from the control page, by the thousand."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from simulator.amazon.http.wire import merged, stamp
from simulator.amazon.world.invented import ADDRESSES, ELSEWHERE, NAMES
from simulator.amazon.world.state import Listing, Order, World
from simulator.amazon.world.stores import PLACES

# service level: days to ship, days to deliver, price of shipping in US dollars
SERVICE_LEVELS: dict[str, tuple[int, int, str]] = {
    "STANDARD": (2, 6, "0"),
    "EXPEDITED": (1, 3, "7.99"),
    "SECOND_DAY": (1, 2, "12.99"),
    "NEXT_DAY": (1, 1, "19.99"),
    "FREE_ECONOMY": (3, 9, "0"),
    "PRIORITY": (1, 2, "9.99"),
    "SAME_DAY": (0, 0, "24.99"),
    "SCHEDULED": (2, 8, "0"),
}
# The words of the model of the Orders API 2026-01-01: programs of an order, of an item, and what a carrier must do.
PROGRAMS = (
    "AMAZON_BAZAAR", "AMAZON_EASY_SHIP", "AMAZON_HAUL", "DELIVERY_BY_AMAZON", "FBM_SHIP_PLUS", "INVOICE_BY_AMAZON",
    "IN_STORE_PICK_UP", "PREMIUM", "PREORDER",
)  # fmt: skip
ITEM_PROGRAMS = ("TRANSPARENCY", "SUBSCRIBE_AND_SAVE")
DOOR = (
    "palletDelivery", "cashOnDelivery", "signatureConfirmation", "recipientIdentityVerification",
    "recipientAgeVerification",
)  # fmt: skip
RATES = {"JPY": "150", "MXN": "18", "BRL": "5", "SEK": "10", "PLN": "4", "ZAR": "18", "EGP": "48", "TRY": "34"}
RATES |= {"SAR": "3.75", "AED": "3.67", "INR": "84", "CAD": "1.35", "AUD": "1.5", "GBP": "0.8", "EUR": "0.95"}


@dataclass(slots=True)
class Wish:
    """What a buyer wants. Everything has a default."""

    seller_id: str = ""
    marketplace_id: str = ""
    lines: Sequence[Mapping[str, Any]] = ()
    service_level: str = "STANDARD"
    prime: bool = False
    business: bool = False
    programs: Sequence[str] = ()  # of the order, in Amazon's words, beside these two
    currency: str = ""
    status: str = "UNSHIPPED"
    fulfilled_by: str = "MERCHANT"
    address: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None  # also its lastUpdatedTime, as nothing has changed since
    order_id: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)  # laid over the document, see ``wire.merged``


def amount(value: Decimal, currency: str) -> dict[str, str]:
    """Money as Amazon writes it; yen have no decimals."""
    unit = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return {"amount": str(value.quantize(unit, ROUND_HALF_UP)), "currencyCode": currency}


def converted(dollars: str, currency: str) -> str:
    """A price in another currency, roughly."""
    return amount(Decimal(dollars) * Decimal(RATES.get(currency, "1")), currency)["amount"]


def place(world: World, wish: Wish, now: datetime) -> Order:
    """A buyer places an order. The same world and wish make the same order."""
    number = world.number("order")
    dice = random.Random(f"{world.seed}:order:{number}")
    seller = world.sellers[wish.seller_id] if wish.seller_id else next(iter(world.sellers.values()))
    marketplace_id = wish.marketplace_id or seller.homes[0]
    market = PLACES[marketplace_id]
    created = wish.created_at or now
    currency = wish.currency or market.currency
    lines = wish.lines or [{"sku": dice.choice(_sellable(world, seller.id, marketplace_id)).sku}]
    begins = (302, 303, 304, 305, 306, 402) if market.region == "EU" else (111, 112, 113, 114, 113, 112)
    order_id = wish.order_id or f"{dice.choice(begins)}-{number:07d}-{dice.randrange(10**7):07d}"
    items = [_item(world, seller.id, marketplace_id, line, currency, wish, dice) for line in lines]
    buyer = dice.choice(NAMES.get(market.country, NAMES["US"]))
    shipping_days, delivery_days, _ = SERVICE_LEVELS.get(wish.service_level, SERVICE_LEVELS["STANDARD"])
    document: dict[str, Any] = {
        "orderId": order_id,
        "createdTime": stamp(created),
        "lastUpdatedTime": stamp(created),
        "programs": list(
            dict.fromkeys(["PRIME"] * wish.prime + ["AMAZON_BUSINESS"] * wish.business + list(wish.programs))
        ),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": marketplace_id, "marketplaceName": market.name},
        "buyer": {"buyerName": buyer, "buyerEmail": f"{dice.getrandbits(56):014x}@marketplace.{market.domain[4:]}"},
        "recipient": {"deliveryAddress": _address(market.country, buyer, wish, dice)},
        "proceeds": _total(items, currency),
        "fulfillment": {
            "fulfillmentStatus": wish.status,
            "fulfilledBy": wish.fulfilled_by,
            "fulfillmentServiceLevel": wish.service_level,
            "shipByWindow": _window(created, shipping_days),
            "deliverByWindow": _window(created + timedelta(days=shipping_days), max(delivery_days, 1)),
        },
        "orderItems": items,
        "packages": [],
    }
    if wish.business:
        document["buyer"] |= {"buyerCompanyName": "Quill & Sons Ltd", "buyerPurchaseOrderNumber": f"PO-{number:05d}"}
    if wish.overrides:
        document = merged(document, wish.overrides)
    order = Order(seller.id, document)
    world.add_order(order)
    world.journal.effect(
        "order", stamp(now), seller_id=seller.id, order_id=order.id, marketplace_id=order.marketplace_id
    )
    return order


def _sellable(world: World, seller_id: str, marketplace_id: str) -> list[Listing]:
    shelf = world.listings[seller_id].get(marketplace_id, {})
    return [listing for listing in shelf.values() if not listing.fba] or list(shelf.values())


def _item(
    world: World,
    seller_id: str,
    marketplace_id: str,
    line: Mapping[str, Any],
    currency: str,
    wish: Wish,
    dice: random.Random,
) -> dict[str, Any]:
    sku = str(line["sku"])
    listing = world.listing(seller_id, marketplace_id, sku)
    quantity = int(line.get("quantity") or 1)
    price = Decimal(str(line.get("price") or (listing.price if listing else "10.00")))
    shipping = Decimal(converted(SERVICE_LEVELS.get(wish.service_level, SERVICE_LEVELS["STANDARD"])[2], currency))
    tax = price * quantity * (Decimal("0.08") if PLACES[marketplace_id].region == "NA" else Decimal(0))
    parts = [("ITEM", price * quantity), ("SHIPPING", shipping), ("TAX", tax)]
    parts = [(kind, Decimal(amount(value, currency)["amount"])) for kind, value in parts if value or kind == "ITEM"]
    breakdowns = [{"type": kind, "subtotal": amount(value, currency)} for kind, value in parts]
    total = sum((value for _, value in parts), Decimal(0))
    item: dict[str, Any] = {
        "orderItemId": f"{dice.randrange(10**13, 10**14)}",
        "quantityOrdered": quantity,
        "product": {
            "asin": listing.asin if listing else f"B0{dice.randrange(16**8):08X}",
            "title": line.get("title") or (listing.title if listing else sku),
            "sellerSku": sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
            "price": {"unitPrice": amount(price, currency)},
        },
        "proceeds": {"proceedsTotal": amount(total, currency), "breakdowns": breakdowns},
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": quantity},
    }
    _ask(item, line)
    return item


def _ask(item: dict[str, Any], line: Mapping[str, Any]) -> None:
    """Lay over an item what a line asks for, field by field as in the model of the Orders API 2026-01-01."""
    fulfillment, product = item["fulfillment"], item["product"]
    packing: dict[str, Any] = {}
    if line.get("gift_message") or line.get("gift_wrap"):
        level = line.get("gift_wrap") or "Classic"
        packing["giftOption"] = {"giftWrapLevel": level} | (
            {"giftMessage": line["gift_message"]} if line.get("gift_message") else {}
        )
    if line.get("serial_numbers"):
        packing["serialNumberRequirement"] = {"requirementType": "REQUIRED"}
    if packing:
        fulfillment["packing"] = packing
    shipping: dict[str, Any] = {}
    if line.get("constraints"):
        shipping["shippingConstraints"] = dict.fromkeys(line["constraints"], "MANDATORY")
    if line.get("ioss_number"):
        shipping["internationalShipping"] = {"iossNumber": line["ioss_number"]}
    if shipping:
        fulfillment["shipping"] = shipping
    if line.get("programs"):
        item["programs"] = list(line["programs"])
    if line.get("condition_note"):
        product["condition"]["conditionNote"] = line["condition_note"]
    if line.get("customized_url"):
        product["customization"] = {"customizedUrl": line["customized_url"]}


def _total(items: Sequence[Mapping[str, Any]], currency: str) -> dict[str, Any]:
    sums: dict[str, Decimal] = {}
    for item in items:
        for part in item["proceeds"]["breakdowns"]:
            sums[part["type"]] = sums.get(part["type"], Decimal(0)) + Decimal(part["subtotal"]["amount"])
    return {
        "grandTotal": amount(sum(sums.values(), Decimal(0)), currency),
        "breakdowns": [{"type": kind, "subtotal": amount(value, currency)} for kind, value in sums.items()],
    }


def _address(country: str, buyer: str, wish: Wish, dice: random.Random) -> dict[str, Any]:
    street, city, state, postal, phone = dice.choice(ADDRESSES.get(country, ELSEWHERE))
    address = {
        "name": buyer,
        "addressLine1": street,
        "city": city,
        "postalCode": postal,
        "countryCode": country,
        "phone": phone,
        "addressType": "COMMERCIAL" if wish.business else "RESIDENTIAL",
    }
    if state:
        address["stateOrRegion"] = state
    return {**address, **wish.address}


def _window(start: datetime, days: int) -> dict[str, str]:
    end = (start + timedelta(days=days)).replace(hour=23, minute=59, second=59, microsecond=0)
    return {"earliestDateTime": stamp(start), "latestDateTime": stamp(end)}
