"""One SKU: what is there and why, counting it with a reason, and what is kept back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.common import clock
from inventory.models import Observation, PublishedNumber, StockLevel, StockUpdate
from shipping.models import Warehouse
from tests.factories import CartFactory, ListingFactory, RouteFactory, StockLevelFactory, make_person, the_grant

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def level() -> StockLevel:
    level: StockLevel = StockLevelFactory(sku="MUG / 11 ü%+#", on_hand=4)
    Warehouse.objects.filter(pk=level.warehouse_id).update(organization=level.organization)
    return level


@pytest.fixture
def staff(level: StockLevel) -> Client:
    browser = Client()
    browser.force_login(make_person(level.organization, Role.STAFF))
    return browser


def address(level: StockLevel, name: str = "level") -> str:
    return reverse(f"inventory:{name}", args=[level.pk])


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_it_is_counted_with_a_reason_that_stays_in_its_history(staff: Client, level: StockLevel) -> None:
    staff.post(address(level), {"on_hand": "3", "reason": "one broken", "seen": "4"})

    level.refresh_from_db()
    assert level.on_hand == 3
    page = said(staff.get(address(level)))
    assert "one broken" in page
    assert Observation.objects.get().by is not None


@pytest.mark.parametrize(("typed", "why"), [("-1", "Enter a whole number"), ("", "This field is required")])
def test_what_is_no_number_is_explained(staff: Client, level: StockLevel, typed: str, why: str) -> None:
    answer = staff.post(address(level), {"on_hand": typed, "seen": "4"})

    assert answer.status_code == 422
    level.refresh_from_db()
    assert level.on_hand == 4


def test_what_somebody_counted_meanwhile_is_not_written_over(staff: Client, level: StockLevel) -> None:
    answer = staff.post(address(level), {"on_hand": "3", "seen": "9"})

    assert answer.status_code == 422
    assert "changed in the meantime: it is 4 now." in said(answer)


def test_what_is_kept_back_is_not_sold(staff: Client, level: StockLevel) -> None:
    ListingFactory(cart=CartFactory(merchant=level.merchant), sku=level.sku, quantity_there=77)

    staff.post(address(level, "safety"), {"safety": "3"})

    page = staff.get(address(level))
    assert page.context["row"].can_be_sold == 1
    assert "77" in said(page)


def test_what_was_on_hand_and_sent_is_drawn_and_told_and_can_be_sent_once_more(
    staff: Client, level: StockLevel
) -> None:
    cart = CartFactory(merchant=level.merchant, inventory_due_at=clock.now() + timedelta(hours=1))
    RouteFactory(cart=cart, warehouse=level.warehouse)
    assert "line-plot" not in said(staff.get(address(level)))  # a line needs two points
    update = StockUpdate.objects.create(
        organization=level.organization, merchant=level.merchant, grant=the_grant(cart), sku=level.sku, wanted=4,
        wanted_at=clock.now(), told=4, due_at=clock.now(), state="done",
    )  # fmt: skip
    staff.post(address(level), {"on_hand": "3", "seen": "4"})
    at = clock.now() - timedelta(hours=2)
    PublishedNumber.objects.create(organization=level.organization, update=update, quantity=44, told_at=at)

    page = staff.get(address(level))

    assert page.context["plot"]["names"] == ["On hand", f"Sent: {cart.name}"]
    assert page.context["plot"]["values"] == [[None, 3], [44, None]]
    assert "vendor/uPlot.iife.min" in said(page)
    assert '<td class="num" data-label="Quantity">44</td>' in said(page)
    Cart.objects.update(inventory_due_at=clock.now() + timedelta(hours=1))
    staff.post(address(level, "push"))
    update.refresh_from_db()
    cart.refresh_from_db()
    assert update.is_waiting
    assert cart.inventory_due_at is not None
    assert cart.inventory_due_at <= clock.now()
    assert "Press again" in said(staff.post(address(level, "push"), follow=True))


def test_who_may_not_count_only_looks(level: StockLevel) -> None:
    viewer = Client()
    viewer.force_login(make_person(level.organization, Role.VIEWER))

    assert viewer.get(address(level)).status_code == 200
    assert viewer.post(address(level), {"on_hand": "3", "seen": "4"}).status_code == 403
    assert viewer.post(address(level, "safety"), {"safety": "3"}).status_code == 403
