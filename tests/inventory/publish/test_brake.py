"""The brake, over numbers and in a seller account."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from carts.models import Cart
from core.alerts.models import Alert
from inventory.models import StockUpdate
from inventory.publish import brake
from tests.inventory.publish.accounts import SKUS, count, work
from tests.world import SELLER, US, World

NUMBERS = st.dictionaries(st.sampled_from("ABCDEFGHIJKL"), st.integers(0, 9))


@given(stands=NUMBERS, wanted=NUMBERS, silent=st.sets(st.sampled_from("ABCDEFGHIJKL")), policy=st.sampled_from("ak"))
def test_what_is_held_is_told_later_and_all_else_now(
    stands: dict[str, int], wanted: dict[str, int], silent: set[str], policy: str
) -> None:
    verdict = brake.judge(stands, wanted, silent=silent, policy=brake.ASK if policy == "a" else brake.KEEP)

    assert {**verdict.go, **{sku: wanted[sku] for sku in verdict.held}} == wanted
    assert verdict.held.isdisjoint(verdict.go)
    emptied = {sku for sku, number in wanted.items() if number == 0 and stands.get(sku, 0) > 0}
    stocked = [sku for sku, number in stands.items() if number > 0]
    looks_wrong = len(emptied) >= brake.LEAST and len(emptied) > brake.SHARE * len(stocked)
    assert (emptied <= verdict.held) == (looks_wrong or not emptied)
    for sku, number in verdict.go.items():
        assert sku not in silent or number <= stands.get(sku, 0)
    for sku in verdict.held - emptied:  # a number that is lower, and not nothing, is never held
        assert wanted[sku] > stands.get(sku, 0)


@given(stands=NUMBERS, wanted=NUMBERS, silent=st.sets(st.sampled_from("ABCDEFGHIJKL")))
def test_a_cart_that_is_to_send_zero_holds_nothing(
    stands: dict[str, int], wanted: dict[str, int], silent: set[str]
) -> None:
    verdict = brake.judge(stands, wanted, silent=silent, policy=brake.ZERO)

    assert verdict.go == {sku: 0 if sku in silent else number for sku, number in wanted.items()}
    assert not verdict.held


@pytest.fixture
def sold(world: World) -> World:
    work(world.cart)
    count(world.cart, 10)
    work(world.cart)
    world.later(minutes=1)
    return world


def there(world: World) -> list[int | None]:
    return [world.simulator.stock(SELLER, sku, US) for sku in SKUS]


def test_many_zeros_at_once_wait_until_somebody_sends_them(sold: World) -> None:
    count(sold.cart, 0, *SKUS[:3])
    count(sold.cart, 4, SKUS[3])

    work(sold.cart)

    assert there(sold) == [10, 10, 10, 4, 10]
    alert = Alert.objects.get(cause="stock.held", closed_at=None)
    assert "3 of 5 SKUs would go to zero" in alert.message
    browser = Client()
    browser.force_login(sold.person)
    assert "Send the held quantities" in browser.get(alert.path).content.decode()

    browser.post(reverse("inventory:let_go", args=[sold.cart.pk]))
    sold.later(minutes=1)
    work(sold.cart)

    assert there(sold) == [0, 0, 0, 4, 10]
    assert not Alert.objects.filter(cause="stock.held", closed_at=None).exists()


def test_zeros_that_were_a_mistake_are_forgotten(sold: World) -> None:
    count(sold.cart, 0)
    work(sold.cart)
    count(sold.cart, 9)
    work(sold.cart)

    assert there(sold) == [9] * 5
    assert not StockUpdate.objects.filter(is_held=True).exists()
    assert not Alert.objects.filter(cause="stock.held", closed_at=None).exists()


@pytest.mark.parametrize(("policy", "shown", "told_of"), [("zero", 0, False), ("keep", 10, False), ("ask", 10, True)])
def test_each_cart_says_what_is_done_with_many_zeros(sold: World, policy: str, shown: int, told_of: bool) -> None:
    Cart.objects.update(brake=policy)
    count(sold.cart, 0)

    work(sold.cart)

    assert there(sold) == [shown] * 5
    assert Alert.objects.filter(cause="stock.held", closed_at=None).exists() == told_of


def test_one_sku_after_another_sells_out_unhindered(sold: World) -> None:
    for sku in SKUS:
        count(sold.cart, 0, sku)
        work(sold.cart)
        sold.later(minutes=5)

    assert there(sold) == [0] * 5


def test_a_silent_warehouse_raises_no_number_and_lowers_them_all_the_same(
    sold: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shipping.warehouses.portal.system.Portal.keeps_count", False)
    count(sold.cart, 12, SKUS[0], observed_at=sold.now - timedelta(hours=30))
    count(sold.cart, 5, SKUS[1], observed_at=sold.now - timedelta(hours=30))
    count(sold.cart, 10, *SKUS[2:], observed_at=sold.now - timedelta(hours=30))

    work(sold.cart)

    assert there(sold) == [10, 5, 10, 10, 10]
    assert "has reported no stock" in Alert.objects.get(cause="stock.held", closed_at=None).message
