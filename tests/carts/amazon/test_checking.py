"""The Test button: every check, with Amazon in every mood."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from carts.marketplaces.amazon import checking
from carts.marketplaces.base import Check
from integration_manager.lib.remote import Disconnected
from tests.carts.amazon import papers
from tests.carts.amazon.amazons import FakeAmazon, ok

SEARCH = "/orders/2026-01-01/orders"
LISTINGS = "/items/A3INVENTED"


# -- the Test button


@pytest.fixture
def healthy(amazon: FakeAmazon) -> FakeAmazon:
    amazon.on("/marketplaceParticipations", ok({"payload": [papers.participation(papers.GERMANY)]}))
    amazon.on("/account", ok({"payload": {"sellingPlan": "PROFESSIONAL"}}))
    amazon.on(SEARCH, ok({"orders": [papers.order()]}))
    amazon.on(LISTINGS, ok({"items": []}))
    return amazon


def checked(amazon: FakeAmazon, place_id: str = papers.GERMANY) -> Sequence[Check]:
    return amazon.connect().check(place_id=place_id)


def failures(amazon: FakeAmazon) -> list[Check]:
    return [check for check in checked(amazon) if not check.passed]


def test_a_working_cart_passes_every_check(healthy: FakeAmazon) -> None:
    found = checked(healthy)

    assert [check.name for check in found] == [
        checking.AUTHORIZATION,
        checking.PARTICIPATION,
        checking.PLAN,
        checking.ORDERS,
        checking.ADDRESSES,
        checking.LISTINGS,
        checking.CLOCK,
    ]
    assert all(check.passed and check.known and check.outcome and not check.remedy for check in found)


def test_without_an_authorization_nothing_more_is_asked(healthy: FakeAmazon) -> None:
    healthy.tokens.problem = Disconnected("The seller's authorization has ended.")

    (check,) = checked(healthy)

    assert (check.name, check.passed) == (checking.AUTHORIZATION, False)
    assert "authorize again" in check.remedy
    assert healthy.seen == []


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ([], "covers nowhere"),
        ([papers.participation(papers.STATES)], "covers Amazon.com"),
        ([papers.participation(papers.GERMANY, participating=False)], "does not sell on Amazon.de"),
        ([papers.participation(papers.GERMANY, suspended=True)], "inactive"),
    ],
)
def test_a_seller_who_does_not_sell_there_is_told(healthy: FakeAmazon, listed: list[Any], said: str) -> None:
    healthy.on("/marketplaceParticipations", ok({"payload": listed}))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (checking.PARTICIPATION, True)
    assert said in check.outcome
    assert check.remedy


def test_a_missing_role_for_participations_is_told_and_not_essential(healthy: FakeAmazon) -> None:
    healthy.on("/marketplaceParticipations", httpx.Response(403, json=papers.refusal("Unauthorized", "Denied", "Role")))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (checking.PARTICIPATION, False)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_plan_amazon_does_not_tell_passes(healthy: FakeAmazon, status: int) -> None:
    healthy.on("/account", httpx.Response(status, json=papers.refusal("Unauthorized", "Denied", "Region")))

    found = checked(healthy)

    assert all(check.passed for check in found)
    assert [check.name for check in found if not check.known] == [checking.PLAN]


def test_an_individual_plan_is_told(healthy: FakeAmazon) -> None:
    healthy.on("/account", ok({"payload": {"sellingPlan": "INDIVIDUAL"}}))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (checking.PLAN, False)


def test_orders_that_cannot_be_read_are_told_with_the_role(healthy: FakeAmazon) -> None:
    healthy.on(SEARCH, httpx.Response(403, json=papers.refusal("Unauthorized", "Denied", "Role")))

    (check,) = failures(healthy)

    assert (check.name, check.essential) == (checking.ORDERS, True)
    assert "Inventory and Order Tracking" in check.outcome


def test_orders_without_addresses_are_told(healthy: FakeAmazon) -> None:
    healthy.on(SEARCH, ok({"orders": [papers.order(recipient=None)]}))

    (check,) = failures(healthy)

    assert check.name == checking.ADDRESSES
    assert "Restricted" in check.remedy


def test_no_waiting_order_is_no_failure(healthy: FakeAmazon) -> None:
    healthy.on(SEARCH, ok({"orders": []}))

    assert failures(healthy) == []


def test_a_clock_that_is_wrong_is_told(healthy: FakeAmazon) -> None:
    ahead = format_datetime(datetime.now(UTC) + timedelta(seconds=90))
    healthy.on(LISTINGS, httpx.Response(200, json={"items": []}, headers={"Date": ahead}))

    (check,) = failures(healthy)

    assert check.name == checking.CLOCK
    assert "behind" in check.outcome


def test_an_amazon_that_is_away_is_an_outcome_and_never_an_error(amazon: FakeAmazon) -> None:
    for path in ("/marketplaceParticipations", "/account", SEARCH, LISTINGS):
        amazon.on(path, httpx.ConnectError("refused"))

    bad = failures(amazon)

    assert [check.name for check in bad] == [checking.PARTICIPATION, checking.ORDERS, checking.LISTINGS]
    assert all("again in a few minutes" in check.remedy for check in bad)
