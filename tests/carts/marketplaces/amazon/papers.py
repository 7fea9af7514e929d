"""Invented documents in the shape of Amazon's published models."""

from copy import deepcopy
from typing import Any

NUMBER = "114-5550001-5550002"
GERMANY, BRITAIN, STATES = "A1PA6795UKMFR9", "A1F83G8C2ARO7P", "ATVPDKIKX0DER"

_ORDER: dict[str, Any] = {
    "orderId": NUMBER,
    "orderAliases": [{"aliasId": "MUGS-17", "aliasType": "SELLER_ORDER_ID"}],
    "createdTime": "2026-11-18T09:15:00.120Z",
    "lastUpdatedTime": "2026-11-18T09:45:00.500Z",
    "programs": ["PRIME", "AMAZON_BUSINESS"],
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": GERMANY, "marketplaceName": "Amazon.de"},
    "buyer": {
        "buyerName": "Erika Beispiel",
        "buyerEmail": "kq7example@marketplace.amazon.de",
        "buyerCompanyName": "Beispiel GmbH",
        "buyerPurchaseOrderNumber": "PO-88",
    },
    "recipient": {
        "deliveryAddress": {
            "name": "Erika Beispiel",
            "companyName": "Beispiel GmbH",
            "addressLine1": "Erfundene Straße 12",
            "addressLine2": "Hinterhaus",
            "city": "Köln",
            "stateOrRegion": "NRW",
            "postalCode": "50667",
            "countryCode": "DE",
            "phone": "+49 221 5550199",
            "addressType": "RESIDENTIAL",
        },
        "deliveryPreference": {"dropOffLocation": "Porch", "addressInstruction": "Ring twice"},
    },
    "proceeds": {"grandTotal": {"amount": "37.40", "currencyCode": "EUR"}},
    "fulfillment": {
        "fulfillmentStatus": "UNSHIPPED",
        "fulfilledBy": "MERCHANT",
        "fulfillmentServiceLevel": "SECOND_DAY",
        "shipByWindow": {"earliestDateTime": "2026-11-18T23:00:00Z", "latestDateTime": "2026-11-19T22:59:59Z"},
        "deliverByWindow": {"earliestDateTime": "2026-11-20T23:00:00Z", "latestDateTime": "2026-11-21T22:59:59Z"},
    },
    "orderItems": [
        {
            "orderItemId": "90010000000001",
            "quantityOrdered": 3,
            "product": {
                "asin": "B00INVENT1",
                "title": "Blue mug",
                "sellerSku": "MUG/BLUE #1",
                "price": {"unitPrice": {"amount": "9.80", "currencyCode": "EUR"}},
            },
            "proceeds": {"proceedsTotal": {"amount": "29.40", "currencyCode": "EUR"}},
            "fulfillment": {
                "quantityFulfilled": 0,
                "quantityUnfulfilled": 3,
                "packing": {"giftOption": {"giftMessage": "Alles Gute!", "giftWrapLevel": "Classic"}},
            },
        },
        {
            "orderItemId": "90010000000002",
            "quantityOrdered": 1,
            "product": {"asin": "B00INVENT2", "title": "Saucer", "sellerSku": "SAUCER"},
            "proceeds": {"proceedsTotal": {"amount": "8.00", "currencyCode": "EUR"}},
            "cancellation": {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Bought by mistake"}},
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 1},
        },
    ],
    "packages": [],
}


def order(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    return {**deepcopy(_ORDER), "orderId": number, **changes}


def package(tracking_number: str, *, reference: str = "1") -> dict[str, Any]:
    return {
        "packageReferenceId": reference,
        "packageStatus": {"status": "SHIPPED"},
        "carrier": "UPS",
        "trackingNumber": tracking_number,
        "packageItems": [{"orderItemId": "90010000000001", "quantity": 3}],
    }


def listing(sku: str, *, quantity: int | None = 7, channel: str = "DEFAULT", place_id: str = GERMANY) -> dict[str, Any]:
    availability: dict[str, Any] = {"fulfillmentChannelCode": channel}
    if quantity is not None:
        availability["quantity"] = quantity
    return {
        "sku": sku,
        "summaries": [
            {
                "marketplaceId": place_id,
                "asin": "B00INVENT1",
                "productType": "DRINKING_CUP",
                "itemName": "Blue mug",
                "status": ["BUYABLE"],
                "createdDate": "2026-01-05T10:00:00Z",
                "lastUpdatedDate": "2026-02-05T10:00:00Z",
            }
        ],
        "fulfillmentAvailability": [availability],
    }


def participation(place_id: str, *, participating: bool = True, suspended: bool = False) -> dict[str, Any]:
    return {
        "marketplace": {
            "id": place_id,
            "name": "Amazon.de",
            "countryCode": "DE",
            "defaultCurrencyCode": "EUR",
            "defaultLanguageCode": "de_DE",
            "domainName": "www.amazon.de",
        },
        "participation": {"isParticipating": participating, "hasSuspendedListings": suspended},
        "storeName": "Blue Mug Co",
    }


def refusal(code: str, message: str, details: str = "") -> dict[str, Any]:
    return {"errors": [{"code": code, "message": message, "details": details}]}
