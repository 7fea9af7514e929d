"""A seller account's figures: asked for once a day, waited for, kept by day, and told when they worsen."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from carts import tasks
from carts.account_health import kept_figures, readings
from carts.alerts import ACCOUNT_BEHIND, ACCOUNT_WORSENS
from carts.marketplaces.account_figures import Rate
from carts.models import AccountDay, AccountReading, Cart
from core.alerts.models import Alert
from core.common.bell import Bell
from simulator.amazon.feeds import performance_report
from tests.world import SELLER, US, World

CANADA = "A2EUQ1WTGCTBG2"


@pytest.fixture
def sweep(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets sweeps and workers go on until nothing is due for an hour."""
    bells: list[int] = []
    monkeypatch.setattr(Bell, "ring", lambda bell, **ids: bells.append(ids["grant_id"]))

    def until_read() -> None:
        for _ in range(6):
            tasks.figures_due()
            while bells:
                tasks.read_figures(grant_id=bells.pop())
            world.later(minutes=10)

    return until_read


def asked(world: World) -> int:
    return sum(call["operation"] == "createReport" for call in world.simulator.journal("call"))


def causes() -> set[str]:
    return set(Alert.objects.filter(closed_at=None).values_list("cause", flat=True))


def test_figures_are_read_once_a_day_kept_and_told_as_they_worsen_and_mend(world: World, sweep: Any) -> None:
    sweep()
    row = AccountDay.objects.get()
    late = next(rate for rate in kept_figures.judged(row, "amazon") if rate.rate is Rate.LATE)
    assert (row.cart, row.standing, late.share, late.state) == (
        world.cart,
        "NORMAL",
        Decimal("1.2"),
        ("On target", "good"),
    )
    assert (asked(world), causes()) == (1, set())
    assert AccountReading.objects.get().seller["untold"]  # in America, nobody is told what business it is

    sweep()
    assert asked(world) == 1  # once a day

    world.later(days=7)
    world.simulator.set_health(SELLER, "worse")
    sweep()
    assert (asked(world), AccountDay.objects.count(), causes()) == (2, 2, {ACCOUNT_WORSENS})
    said = Alert.objects.get(cause=ACCOUNT_WORSENS).message
    assert "within a week, shipped late: 3.1%, up from 1.2% (target: below 4%). They are" in said

    world.later(days=1)
    world.simulator.set_health(SELLER, "bad")
    sweep()
    assert causes() == {ACCOUNT_BEHIND}
    said = Alert.objects.get(cause=ACCOUNT_BEHIND).message
    assert "“At risk”; order defects: 1.4% (target: below 1%); shipped late: 6.2%" in said
    assert "it warns of spamming seller messaging" in said

    world.later(days=1)
    world.simulator.set_health(SELLER, "good")
    sweep()
    assert (AccountDay.objects.count(), causes()) == (4, set())


@pytest.mark.parametrize(
    ("health", "said"), [("fatal", "could not make"), ("cancelled", "canceled the report"), ("empty", "was empty")]
)
def test_a_day_without_a_report_says_why_and_changes_nothing(world: World, sweep: Any, health: str, said: str) -> None:
    world.simulator.set_health(SELLER, "bad")
    sweep()
    world.simulator.set_health(SELLER, health)
    world.later(days=1)
    sweep()

    account = kept_figures.accounts([world.cart])[0]
    assert said in account.why
    assert (AccountDay.objects.count(), causes()) == (1, {ACCOUNT_BEHIND})  # the last word stands

    world.simulator.set_health(SELLER, "good")
    world.later(hours=20)
    sweep()
    assert (kept_figures.accounts([world.cart])[0].why, causes()) == ("", set())


def test_an_alert_of_an_account_that_reports_leave_out_says_so_and_ends(
    world: World, sweep: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.simulator.set_health(SELLER, "bad")
    sweep()
    whole = performance_report.health
    monkeypatch.setattr(performance_report, "health", lambda seller, places, now: whole(seller, [CANADA], now))
    world.later(days=1)
    sweep()

    account = kept_figures.accounts([world.cart])[0]
    assert (account.why, AccountDay.objects.count()) == (kept_figures.LEFT_OUT, 1)
    assert "That was told on 20 Nov 2026; the reports since then leave" in Alert.objects.get(closed_at=None).message

    world.later(days=14)
    sweep()
    assert causes() == set()


def test_a_cart_that_is_asked_nothing_any_more_has_no_alert_of_it(world: World, sweep: Any) -> None:
    world.simulator.set_health(SELLER, "bad")
    sweep()
    Cart.objects.filter(pk=world.cart.pk).update(grant=None, state=Cart.State.DISCONNECTED)

    sweep()

    assert causes() == set()
    assert readings.claim_due(world.now + timedelta(days=2)) == []


def test_a_lost_answer_costs_a_second_report_and_no_more(world: World, sweep: Any) -> None:
    world.simulator.fail("createReport", "lost_answer")
    world.simulator.fail("getReportDocument", "truncated")
    sweep()

    assert AccountDay.objects.get().source["metrics"]["marketplaceId"] == US
