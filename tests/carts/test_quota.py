"""The quota: never more than Amazon allows, whatever the moments of asking are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carts.models import Bucket, Cart, Grant
from carts.quota import GrantLedger
from core.common.remote import Throttled
from tests.factories import CartFactory, GrantFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RATES = {"searchOrders": (0.5, 3)}


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(clock: Clock) -> GrantLedger:
    grant: Grant = GrantFactory()
    return GrantLedger(grant.pk, RATES, clock)


def allowed(ledger: GrantLedger, operation: str = "searchOrders") -> bool:
    try:
        ledger.spend(operation)
    except Throttled:
        return False
    return True


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    rate=st.floats(0.005, 5),
    burst=st.integers(1, 20),
    waits=st.lists(st.floats(-5, 30), min_size=1, max_size=40),
)
def test_no_span_of_time_sees_more_than_burst_and_rate(rate: float, burst: int, waits: list[float]) -> None:
    Bucket.objects.all().delete()
    clock, grant = Clock(), Grant.objects.first() or GrantFactory()
    ledger = GrantLedger(grant.pk, {"searchOrders": (rate, burst)}, clock)
    latest, passed, spent = START, 0.0, 0
    for wait in waits:
        clock.later(wait)
        passed += max(0.0, wait)  # a clock that went back is not to give anything twice
        latest = max(latest, clock.now)
        spent += allowed(ledger)

        assert spent <= burst + rate * passed + 1e-6


def test_a_burst_then_one_by_one(ledger: GrantLedger, clock: Clock) -> None:
    assert [allowed(ledger) for _ in range(5)] == [True, True, True, False, False]

    clock.later(2)

    assert [allowed(ledger) for _ in range(2)] == [True, False]


def test_who_comes_too_early_is_told_when_to_come_back(ledger: GrantLedger, clock: Clock) -> None:
    for _ in range(3):
        ledger.spend("searchOrders")
    clock.later(0.5)

    with pytest.raises(Throttled) as refusal:
        ledger.spend("searchOrders")

    assert refusal.value.retry_in == timedelta(seconds=1.5)
    clock.later(1.5)
    assert allowed(ledger)


def test_a_drained_bucket_is_empty_whatever_we_believed(ledger: GrantLedger, clock: Clock) -> None:
    ledger.drain("searchOrders")

    assert not allowed(ledger)
    clock.later(2)
    assert allowed(ledger)


@pytest.fixture
def slow_ledger(clock: Clock) -> GrantLedger:
    grant: Grant = GrantFactory()
    return GrantLedger(grant.pk, {"searchOrders": (1 / 178, 20)}, clock)


def test_a_first_too_many_is_doubted_while_much_should_be_left(slow_ledger: GrantLedger, clock: Clock) -> None:
    slow_ledger.spend("searchOrders")
    slow_ledger.drain("searchOrders")

    clock.later(29)
    assert not allowed(slow_ledger)
    clock.later(1)
    assert [allowed(slow_ledger), allowed(slow_ledger)] == [True, False]


def test_a_second_too_many_is_believed(slow_ledger: GrantLedger, clock: Clock) -> None:
    slow_ledger.spend("searchOrders")
    slow_ledger.drain("searchOrders")
    clock.later(30)
    slow_ledger.spend("searchOrders")
    slow_ledger.drain("searchOrders")

    clock.later(177)
    assert not allowed(slow_ledger)
    clock.later(1)
    assert allowed(slow_ledger)


def test_a_too_many_with_nothing_left_is_believed_at_once(slow_ledger: GrantLedger, clock: Clock) -> None:
    for _ in range(20):
        slow_ledger.spend("searchOrders")
    slow_ledger.drain("searchOrders")

    clock.later(177)
    assert not allowed(slow_ledger)


def test_the_servers_own_rate_replaces_ours(ledger: GrantLedger, clock: Clock) -> None:
    for _ in range(3):
        ledger.spend("searchOrders")
    ledger.learn("searchOrders", 2.0)
    clock.later(0.5)

    assert [allowed(ledger), allowed(ledger)] == [True, False]


def test_operations_and_grants_have_buckets_of_their_own(ledger: GrantLedger, clock: Clock) -> None:
    cart: Cart = CartFactory()
    assert cart.grant is not None
    other = GrantLedger(cart.grant.pk, RATES, clock)
    while allowed(ledger):
        pass

    assert allowed(other)
    assert allowed(ledger, "getOrder")
