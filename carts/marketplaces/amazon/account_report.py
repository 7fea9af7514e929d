"""Amazon's seller performance report, in the words of the port. Pure.

Amazon's own example and its schema disagree about names, so that a figure is looked for under each. What is there, and
is not what it should be, is named as unread; it is never taken for zero. A rate of nothing, of a place where the seller
had no orders in these days, is no rate: whatever stands there misses no target.

Reference: https://developer-docs.amazon.com/sp-api/docs/report-type-values-performance
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from carts.marketplaces.account_figures import AccountFigures, AccountRate, Rate, Target
from carts.marketplaces.amazon import wire_values
from core.common.remote import Rejected

Json = Mapping[str, Any]

KIND = "GET_V2_SELLER_PERFORMANCE_REPORT"
GOOD_STANDING = "NORMAL"
STANDINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        GOOD_STANDING: ("Normal", "good"),
        "AT_RISK": ("At risk", "bad"),
        "DEACTIVATED": ("Deactivated", "bad"),
        "SUSPENDED": ("Suspended", "bad"),
    }
)
PUBLISHED: Mapping[Rate, Target] = MappingProxyType(
    {
        Rate.DEFECTS: Target(Decimal(1), below=True),
        Rate.LATE: Target(Decimal(4), below=True),
        Rate.CANCELED: Target(Decimal("2.5"), below=True),
        Rate.TRACKED: Target(Decimal(95), below=False),
        Rate.ON_TIME: Target(Decimal(90), below=False),
    }
)
PUBLISHED_AT = "Seller Central, Account Health"
# A rate's names in the report, and the counters it is made of: how many, of how many.
NAMES: Mapping[Rate, tuple[Sequence[str], str, str]] = MappingProxyType(
    {
        Rate.LATE: (("lateShipmentRate",), "lateShipmentCount", "orderCount"),
        Rate.CANCELED: (
            ("preFulfillmentCancellationRate", "prefulfillmentCancelRate"),
            "cancellationCount",
            "orderCount",
        ),
        Rate.TRACKED: (("validTrackingRate",), "validTrackingCount", "shipmentCount"),
        Rate.ON_TIME: (("onTimeDeliveryRate",), "onTimeDeliveryCount", "shipmentCountWithValidTracking"),
        Rate.UNITS_ON_TIME: (("unitOnTimeDeliveryRate",), "unitOnTimeDeliveryCount", "totalUnitCount"),
    }
)
BELOW = {"LESS_THAN": True, "GREATER_THAN": False}
UNREADABLE = "Amazon's performance report could not be read."
LONGEST = 40  # of a word


def read(content: bytes) -> Sequence[AccountFigures]:
    """Return what the report says, by place. Raises Rejected where it is no report."""
    try:
        report = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Rejected(UNREADABLE, code="Unreadable") from None
    if not isinstance(report, dict):
        raise Rejected(UNREADABLE, code="Unreadable")
    standings = dict(_by_place(report.get("accountStatuses")))
    metrics = dict(_by_place(report.get("performanceMetrics")))
    return [_figures(place, standings.get(place, {}), metrics.get(place, {})) for place in {**standings, **metrics}]


def _no_number(written: str) -> Any:
    raise ValueError(written)  # NaN and its like are no JSON


def _by_place(rows: Any) -> list[tuple[str, dict[str, Any]]]:
    rows = rows if isinstance(rows, list) else []
    named = [(row.get("marketplaceId"), row) for row in rows if isinstance(row, dict)]
    return [(place, row) for place, row in named if isinstance(place, str) and place]


def _figures(place_id: str, standing: Json, metrics: Json) -> AccountFigures:
    rates: dict[Rate, AccountRate] = {}
    unread: list[str] = []
    for rate, (names, hit, of) in NAMES.items():
        name = next((each for each in names if metrics.get(each) is not None), "")
        _put(rates, unread, rate, metrics.get(name), name=name, hit=hit, of=of)
    defects = metrics.get("orderDefectRate")
    own = defects.get("mfn") if isinstance(defects, dict) else defects  # of what the seller ships; not of FBA
    _put(rates, unread, Rate.DEFECTS, own, name="orderDefectRate", hit="orderWithDefects", of="orderCount")
    return AccountFigures(
        place_id=place_id,
        standing=_word(standing.get("status")),
        rates=rates,
        warnings=_warnings(metrics),
        unread=unread,
        source={"status": wire_values.storable_json(standing), "metrics": wire_values.storable_json(metrics)},
    )


def _put(
    rates: dict[Rate, AccountRate], unread: list[str], rate: Rate, told: Any, *, name: str, hit: str, of: str
) -> None:
    if told is None:
        return
    share = _share(told.get("rate")) if isinstance(told, dict) else None
    if share is None:
        unread.append(name)
        return
    if _count(told.get(of)) == 0:
        return
    period = told.get("reportingDateRange")
    period = period if isinstance(period, dict) else {}
    rates[rate] = AccountRate(
        share=share,
        target=_target(told),
        of=_count(told.get(of)),
        hit=_count(told.get(hit)),
        since=_day(period.get("reportingDateFrom")),
        until=_day(period.get("reportingDateTo")),
    )


def _share(told: Any) -> Decimal | None:
    """A rate from 0 to 1, as a percentage. None for anything else."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= 1:
        return None
    return (Decimal(str(told)) * 100).quantize(Decimal("0.001"))


def _target(told: Json) -> Target | None:
    value, condition = _share(told.get("targetValue")), told.get("targetCondition")
    if value is None or not isinstance(condition, str) or condition not in BELOW:
        return None
    return Target(value.normalize(), BELOW[condition])


def _count(told: Any) -> int | None:
    told = told.get("count") if isinstance(told, dict) else told
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def _day(told: Any) -> date | None:
    """The day of a moment that Amazon writes with or without seconds."""
    try:
        return date.fromisoformat(told[:10]) if isinstance(told, str) else None
    except ValueError:
        return None


def _word(told: Any) -> str:
    return wire_values.storable(told)[:LONGEST] if isinstance(told, str) else ""


def _warnings(metrics: Json) -> list[str]:
    """What Amazon warns of: its states that are bad, and policies that were violated."""
    states = metrics.get("warningStates")
    bad = [each for each in states if isinstance(each, dict)] if isinstance(states, list) else []
    found = [_word(each.get("warningType")) for each in bad if each.get("status") == "BAD"]
    violated = [
        name for name, each in metrics.items() if isinstance(each, dict) and "defectsCount" in each and _is_bad(each)
    ]
    return [word for word in [*found, *map(_word, violated)] if word]


def _is_bad(violation: Json) -> bool:
    return violation.get("status") == "BAD"
