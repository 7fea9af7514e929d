"""Amazon's performance report: what is told, what is not, and what can't be read, are three different things."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carts.marketplaces.account_figures import AccountRate, Rate, Target
from carts.marketplaces.amazon import account_report
from core.common.remote import Rejected

US, CANADA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
DAYS = {"reportingDateFrom": "2026-10-21T00:00Z", "reportingDateTo": "2026-11-19T23:59Z"}  # without seconds, as there
LATE = {"rate": 0.032, "lateShipmentCount": 32, "orderCount": 1000, "targetValue": 0.04, "targetCondition": "LESS_THAN"}


def written(**metrics: Any) -> bytes:
    report = {
        "accountStatuses": [
            {"marketplaceId": US, "status": "AT_RISK"},
            {"marketplaceId": CANADA, "status": "SUSPENDED"},  # in Amazon's example, and not in its schema
        ],
        "performanceMetrics": [{"marketplaceId": US, **metrics}],
        "somethingNew": 1,
    }
    return json.dumps(report).encode()


def test_each_figure_is_read_with_its_target_and_what_is_not_told_is_not_zero() -> None:
    us, canada = account_report.read(
        written(
            lateShipmentRate={**LATE, "reportingDateRange": DAYS, "newToUs": True},
            prefulfillmentCancelRate={"rate": 0.005},  # the name in Amazon's example
            orderDefectRate={"afn": {"rate": 0.5}, "mfn": {"rate": 0.009, "orderWithDefects": {"count": 9}}},
            warningStates=[
                {"warningType": "spammingSellerMessaging", "status": "BAD"},
                {"warningType": "other", "status": "GOOD"},
            ],
            listingPolicyViolations={"defectsCount": 86, "status": "BAD"},
            documentRequests={"defectsCount": 0, "status": "GOOD"},
        )
    )

    below_4 = Target(Decimal(4), below=True)
    days = {"since": date(2026, 10, 21), "until": date(2026, 11, 19)}
    assert us.rates == {
        Rate.LATE: AccountRate(Decimal("3.2"), below_4, of=1000, hit=32, **days),
        Rate.CANCELED: AccountRate(Decimal("0.5")),
        Rate.DEFECTS: AccountRate(Decimal("0.9"), hit=9),
    }
    assert (us.standing, canada.standing, canada.rates) == ("AT_RISK", "SUSPENDED", {})
    assert (us.warnings, us.unread) == (["spammingSellerMessaging", "listingPolicyViolations"], [])
    assert us.source["metrics"]["lateShipmentRate"]["newToUs"] is True  # nothing that was said is lost


@pytest.mark.parametrize("rate", [None, "0.03", True, -0.1, 3.2, [], {}])
def test_a_rate_that_is_none_is_named_and_left_out(rate: Any) -> None:
    us, _ = account_report.read(written(lateShipmentRate={**LATE, "rate": rate}, validTrackingRate="high"))

    assert (us.rates, us.unread) == ({}, ["lateShipmentRate", "validTrackingRate"])


def test_a_target_of_a_condition_nobody_knows_is_no_target() -> None:
    for condition in ("EQUALS", None, ["LESS_THAN"]):
        us, _ = account_report.read(written(lateShipmentRate={**LATE, "targetCondition": condition}))

        assert us.rates[Rate.LATE].target is None


def test_a_rate_of_nothing_is_not_told_and_so_misses_no_target() -> None:
    """A seller may take part in a place and sell nothing there."""
    us, _ = account_report.read(
        written(
            validTrackingRate={"rate": 0, "shipmentCount": 0, "validTrackingCount": 0, "status": "NONE"},
            onTimeDeliveryRate={"rate": 0.0, "shipmentCountWithValidTracking": {"count": 0}},
            orderDefectRate={"mfn": {"rate": 0, "orderCount": 0, "orderWithDefects": {"count": 0}}},
            lateShipmentRate={**LATE, "rate": 0, "lateShipmentCount": 0},
        )
    )

    assert {rate: told.share for rate, told in us.rates.items()} == {Rate.LATE: 0}
    assert us.unread == []


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"performanceMetrics": [NaN]}', b"\xff\xfe"])
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(Rejected, match="could not be read"):
        account_report.read(content)


def test_a_report_without_accounts_says_nothing() -> None:
    assert account_report.read(b'{"accountStatuses": null, "performanceMetrics": [7, {"marketplaceId": ""}]}') == []
