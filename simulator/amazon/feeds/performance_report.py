"""The seller performance report, in the form of Amazon's schema, by how the seller is doing."""

from datetime import datetime, timedelta
from typing import Any

from simulator.amazon.http.wire import stamp
from simulator.amazon.world.state import Seller

# How a seller is doing: what is asked for ends so, or says so.
HEALTHS = {
    "good": "everything on target",
    "worse": "shipped late: close to the target",
    "bad": "targets missed, an order defect warning, account at risk",
    "empty": "the report says nothing",
    "fatal": "the report ends FATAL",
    "cancelled": "the report ends CANCELLED",
}
FATES = {"fatal": "FATAL", "cancelled": "CANCELLED"}
_VIOLATIONS = [
    "listingPolicyViolations",
    "productAuthenticityCustomerComplaints",
    "productConditionCustomerComplaints",
    "productSafetyCustomerComplaints",
    "receivedIntellectualPropertyComplaints",
    "restrictedProductPolicyViolations",
    "suspectedIntellectualPropertyViolations",
    "foodAndProductSafetyIssues",
    "otherPolicyViolations",
    "documentRequests",
]


def health(seller: Seller, marketplace_ids: list[str], now: datetime) -> dict[str, Any]:
    """The report about a seller."""
    if seller.health == "empty":
        return {}
    status = "AT_RISK" if seller.health == "bad" else "NORMAL"
    return {
        "accountStatuses": [{"marketplaceId": one, "status": status} for one in marketplace_ids],
        "performanceMetrics": [_metrics(one, seller.health, now) for one in marketplace_ids],
    }


def _metrics(marketplace_id: str, health: str, now: datetime) -> dict[str, Any]:
    late = {"worse": 31, "bad": 62}.get(health, 12)  # of a thousand
    return {
        "marketplaceId": marketplace_id,
        "orderDefectRate": {kind: _defects(kind, 14 if health == "bad" else 3, now) for kind in ("mfn", "afn")},
        "lateShipmentRate": _rate(now, 30, late / 1000, 0.04, "LESS_THAN", orderCount=1000, lateShipmentCount=late),
        "preFulfillmentCancellationRate": _rate(now, 7, 0.004, 0.025, "LESS_THAN", orderCount=250, cancellationCount=1),
        "validTrackingRate": _rate(now, 30, 0.991, 0.95, "GREATER_THAN", shipmentCount=1000, validTrackingCount=991),
        "onTimeDeliveryRate": _rate(
            now, 30, 0.978, 0.95, "GREATER_THAN", shipmentCountWithValidTracking=991, onTimeDeliveryCount=969
        ),
        "unitOnTimeDeliveryRate": _rate(
            now, 30, 0.962, 0.9, "GREATER_THAN", unitOnTimeDeliveryCount=1203, totalUnitCount=1250
        ),
        "invoiceDefectRate": _rate(
            now,
            7,
            0.0,
            0.05,
            "LESS_THAN",
            orderCount=40,
            **{name: {"count": 0, "status": "GOOD"} for name in ("invoiceDefect", "missingInvoice", "lateInvoice")},
        ),
        "warningStates": [{"warningType": "spammingSellerMessaging", "status": "BAD" if health == "bad" else "GOOD"}],
        "accountHealthRating": {
            "reportingDateRange": _range(now, 180),
            "accountHealthRatingStatus": "GREAT",
            "ahrStatus": "GREAT",  # the schema describes one name and requires the other
        },
        **{
            name: {
                "reportingDateRange": _range(now, 180),
                "defectsCount": 0,
                "status": "GOOD",
                "targetValue": 0,
                "targetCondition": "EQUALS",
            }
            for name in _VIOLATIONS
        },
    }


def _defects(kind: str, defects: int, now: datetime) -> dict[str, Any]:
    counts = {"orderWithDefects": defects, "claims": 1, "chargebacks": 0, "negativeFeedback": 2}
    return _rate(
        now,
        60,
        defects / 1000,
        0.01,
        "LESS_THAN",
        orderCount=1000,
        fulfillmentType=kind,
        **{name: {"count": count, "status": "GOOD"} for name, count in counts.items()},
    )


def _rate(now: datetime, days: int, rate: float, target: float, condition: str, **more: Any) -> dict[str, Any]:
    return {
        "reportingDateRange": _range(now, days),
        "status": "GOOD" if (rate < target) == (condition == "LESS_THAN") else "BAD",
        "rate": rate,
        "targetValue": target,
        "targetCondition": condition,
        **more,
    }


def _range(now: datetime, days: int) -> dict[str, str]:
    return {"reportingDateFrom": stamp(now - timedelta(days=days)), "reportingDateTo": stamp(now)}
