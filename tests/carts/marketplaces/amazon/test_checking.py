"""The Test button: every check, with Amazon in every mood."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from carts.marketplaces.amazon import probe
from carts.marketplaces.values import Check
from core.common.remote import Disconnected, Throttled, Unaccepted, Unavailable
from tests.carts.marketplaces.amazon import papers
from tests.carts.marketplaces.amazon.amazons import FakeAmazon, ok

SEARCH = "/orders/2026-01-01/orders"
LISTINGS = "/items/A3INVENTED"
PREVIEW = "/items/A3INVENTED/MUG-BLUE"


# -- the Test button


@pytest.fixture
def healthy(amazon: FakeAmazon) -> FakeAmazon:
    amazon.on("/marketplaceParticipations", ok({"payload": [papers.participation(papers.GERMANY)]}))
    amazon.on("/account", ok({"payload": {"sellingPlan": "PROFESSIONAL"}}))
    amazon.on(SEARCH, ok({"orders": [papers.order()]}))
    amazon.on(LISTINGS, ok({"items": [papers.listing("FBA", channel="AMAZON_EU"), papers.listing("MUG-BLUE")]}))
    amazon.on(PREVIEW, verdict("VALID"))
    return amazon


def verdict(status: str, *said: str) -> httpx.Response:
    issues = [{"code": "99022", "message": each, "severity": "ERROR", "categories": []} for each in said]
    return ok({"sku": "MUG-BLUE", "status": status, "submissionId": "1", "issues": issues})


def checked(amazon: FakeAmazon, *, sparing: bool = False) -> Sequence[Check]:
    return amazon.connect().check(place_id=papers.GERMANY, sparing=sparing)


def failures(amazon: FakeAmazon) -> list[Check]:
    return [check for check in checked(amazon) if not check.passed]


def test_a_working_cart_passes_every_check(healthy: FakeAmazon) -> None:
    found = checked(healthy)

    assert [check.name for check in found] == [
        probe.AUTHORIZATION,
        probe.PARTICIPATION,
        probe.PLAN,
        probe.ORDERS,
        probe.ADDRESSES,
        probe.LISTINGS,
        probe.QUANTITIES,
        probe.CLOCK,
    ]
    assert all(check.passed and check.known and check.outcome and not check.remedy for check in found)


def test_without_an_authorization_nothing_more_is_asked(healthy: FakeAmazon) -> None:
    healthy.tokens.problem = Disconnected("The seller's authorization has ended.")

    with pytest.raises(Disconnected):
        checked(healthy)
    assert healthy.seen == []


@pytest.mark.parametrize("problem", [Unavailable("Busy."), Unaccepted("Our own secret."), Throttled("Wait.")])
def test_an_authorization_that_could_not_be_looked_at_says_nothing(healthy: FakeAmazon, problem: Exception) -> None:
    healthy.tokens.problem = problem

    (check,) = checked(healthy)

    assert (check.name, check.passed, check.away) == (probe.AUTHORIZATION, False, True)
    assert healthy.seen == []


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ([], "covers nowhere"),
        ([papers.participation(papers.STATES)], "covers Amazon.com"),
        ([papers.participation(papers.GERMANY, participating=False)], "doesn't sell on Amazon.de"),
        ([papers.participation(papers.GERMANY, suspended=True)], "inactive"),
    ],
)
def test_a_seller_who_does_not_sell_there_is_told(healthy: FakeAmazon, listed: list[Any], said: str) -> None:
    healthy.on("/marketplaceParticipations", ok({"payload": listed}))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (probe.PARTICIPATION, True)
    assert said in check.outcome
    assert check.remedy


def test_a_missing_role_for_participations_is_told_and_not_essential(healthy: FakeAmazon) -> None:
    healthy.on("/marketplaceParticipations", httpx.Response(403, json=papers.refusal("Unauthorized", "Denied", "Role")))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (probe.PARTICIPATION, False)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_plan_amazon_does_not_tell_passes(healthy: FakeAmazon, status: int) -> None:
    healthy.on("/account", httpx.Response(status, json=papers.refusal("Unauthorized", "Denied", "Region")))

    found = checked(healthy)

    assert all(check.passed for check in found)
    assert [check.name for check in found if not check.known] == [probe.PLAN]


def test_an_individual_plan_is_told(healthy: FakeAmazon) -> None:
    healthy.on("/account", ok({"payload": {"sellingPlan": "INDIVIDUAL"}}))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (probe.PLAN, True)
    assert "professional" in check.remedy


def test_a_plan_nobody_has_heard_of_is_not_taken_for_one_we_know(healthy: FakeAmazon) -> None:
    healthy.on("/account", ok({"payload": {"sellingPlan": "PLATINUM"}}))

    assert [check.name for check in checked(healthy) if not check.known] == [probe.PLAN]


def test_setting_a_quantity_is_tried_on_a_listing_of_the_sellers_own_and_changes_nothing(healthy: FakeAmazon) -> None:
    checked(healthy)

    asked = healthy.seen[-1]
    assert asked.method == "PATCH"
    assert asked.url.params["mode"] == "VALIDATION_PREVIEW"
    assert asked.url.path.endswith(PREVIEW)
    assert healthy.sent()["patches"][0]["value"] == [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}]


def test_a_missing_role_for_setting_quantities_is_told_apart_from_reading(healthy: FakeAmazon) -> None:
    healthy.on(PREVIEW, httpx.Response(403, json=papers.refusal("Unauthorized", "Denied", "Role")))

    (check,) = failures(healthy)

    assert (check.name, check.essential, check.away) == (probe.QUANTITIES, True, False)
    assert "Product Listing" in check.outcome


def test_one_listing_amazon_finds_fault_with_does_not_stop_the_cart(healthy: FakeAmazon) -> None:
    healthy.on(PREVIEW, verdict("INVALID", "The brand is missing."))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (probe.QUANTITIES, False)
    assert "MUG-BLUE" in check.outcome
    assert "brand is missing" in check.outcome


@pytest.mark.parametrize("items", [[], [papers.listing("FBA", channel="AMAZON_EU")], [{"sku": 7}, {"summaries": [1]}]])
def test_without_a_listing_of_the_sellers_own_nothing_is_tried(healthy: FakeAmazon, items: list[Any]) -> None:
    healthy.on(LISTINGS, ok({"items": items}))

    found = checked(healthy)

    assert [check.name for check in found if not check.known] == [probe.QUANTITIES]
    assert "PATCH" not in {request.method for request in healthy.seen}


def test_orders_that_cannot_be_read_are_told_with_the_role(healthy: FakeAmazon) -> None:
    healthy.on(SEARCH, httpx.Response(403, json=papers.refusal("Unauthorized", "Denied", "Role")))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (probe.ORDERS, True)
    assert "Inventory and Order Tracking" in check.outcome


def test_orders_without_addresses_are_told(healthy: FakeAmazon) -> None:
    healthy.on(SEARCH, ok({"orders": [papers.order(recipient=None)]}))

    (check,) = failures(healthy)

    assert check.name == probe.ADDRESSES
    assert "Restricted" in check.remedy


def test_no_waiting_order_is_no_failure(healthy: FakeAmazon) -> None:
    healthy.on(SEARCH, ok({"orders": []}))

    assert failures(healthy) == []


def test_a_clock_that_is_wrong_is_told(healthy: FakeAmazon) -> None:
    ahead = format_datetime(datetime.now(UTC) + timedelta(seconds=90))
    healthy.on(PREVIEW, httpx.Response(200, json=verdict("VALID").json(), headers={"Date": ahead}))

    (check,) = failures(healthy)

    assert check.name == probe.CLOCK
    assert "behind" in check.outcome


@pytest.mark.parametrize(
    "reply", [httpx.ConnectError("refused"), httpx.Response(503, text="<html>"), httpx.Response(429, json={})]
)
def test_an_amazon_that_is_away_is_an_outcome_and_never_an_error(amazon: FakeAmazon, reply: Any) -> None:
    for path in ("/marketplaceParticipations", "/account", SEARCH, LISTINGS):
        amazon.on(path, reply)

    bad = failures(amazon)

    assert [check.name for check in bad] == [
        probe.PARTICIPATION,
        probe.PLAN,
        probe.ORDERS,
        probe.ADDRESSES,
        probe.LISTINGS,
        probe.QUANTITIES,
    ]
    assert all(check.away and "again in a few minutes" in check.remedy for check in bad)


@pytest.mark.parametrize(("left", "searched"), [(probe.SPARED - 0.1, False), (probe.SPARED, True)])
def test_a_daily_look_leaves_the_search_to_the_order_download(healthy: FakeAmazon, left: float, searched: bool) -> None:
    healthy.ledger.remaining["searchOrders"] = left

    spared = [check.name for check in checked(healthy, sparing=True) if check.away]

    assert ("searchOrders" in healthy.ledger.spent) is searched
    assert spared == ([] if searched else [probe.ORDERS, probe.ADDRESSES])
    assert not any(check.away for check in checked(healthy)), "a person who presses Test does not wait"
