"""Pages that follow by themselves, and messages where the eye is, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from carts.models import Cart
from core.accounts.models import Organization, User
from core.activity.event_log import record
from core.common import clock
from orders.models import Order, OrderStatus
from tests.browser.page_text import Look, assert_readable, read
from tests.factories import CartFactory, OrderFactory, OrganizationFactory, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class LiveHouse:
    """A cart with two orders."""

    def __init__(self) -> None:
        self.organization: Organization = OrganizationFactory(name="Northwind 3PL")
        self.user: User = make_person(self.organization)
        self.cart: Cart = CartFactory(
            merchant__organization=self.organization, merchant__name="Blue Mug Co", name="Amazon US"
        )
        self.first: Order = self.order("113-0000001-1")
        self.second: Order = self.order("113-0000002-2")

    def order(self, number: str) -> Order:
        made: Order = OrderFactory(cart=self.cart, number=number)
        record("order.downloaded", made, now=clock.now(), cart=str(self.cart))
        return made

    def move(self, order: Order, to: OrderStatus, reason: str) -> None:
        Order.objects.filter(pk=order.pk).update(status=to, reason=reason, shipped_at=clock.now())
        record("order.moved", order, now=clock.now(), frm=OrderStatus.NEW, to=to, reason=reason)


@pytest.fixture
def house(settings: Any) -> LiveHouse:
    settings.LIVE_SECONDS = 0.2
    return LiveHouse()


def test_a_list_follows_and_moves_nothing_under_the_pointer(look: Look, house: LiveHouse) -> None:
    page = look("/orders/?tab=new")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    ticked = page.get_by_label(f"Select {house.second.number}")
    ticked.check()

    house.move(house.first, OrderStatus.CONFIRMED, "Tracking sent")
    house.move(house.second, OrderStatus.CONFIRMED, "Tracking sent")
    house.order("113-0000003-3")

    expect(page.get_by_role("link", name="1 new order")).to_be_visible()
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=house.first.number)).to_contain_text("Confirmed")
    expect(rows.filter(has_text=house.second.number)).to_contain_text("New")  # ticked: it stays as it was
    expect(ticked).to_be_checked()
    expect(page.get_by_role("link", name="New 1")).to_be_visible()
    read(page, "list-with-news")

    ticked.uncheck()
    page.get_by_role("heading", name="Orders").click()  # out of the row
    expect(rows.filter(has_text=house.second.number)).to_contain_text("Confirmed")
    page.get_by_role("link", name="1 new order").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("113-0000003-3")


def test_an_order_becomes_confirmed_while_somebody_types_a_note(look: Look, house: LiveHouse) -> None:
    page = look(house.first.get_absolute_url())
    note = page.get_by_role("textbox")
    note.fill("Ring tw")

    house.move(house.first, OrderStatus.CONFIRMED, "Tracking sent")

    expect(page.locator(".page-title")).to_contain_text("Confirmed")
    expect(page.locator("#history").locator("..")).to_contain_text("Tracking sent")
    expect(page.get_by_role("button", name="Hold")).to_have_count(0)
    expect(note).to_have_value("Ring tw")
    expect(note).to_be_focused()


def test_what_somebody_is_about_to_press_is_not_changed_for_something_else(look: Look, house: LiveHouse) -> None:
    page = look(house.first.get_absolute_url())
    page.get_by_role("button", name="Hold").hover()

    house.move(house.first, OrderStatus.CONFIRMED, "Tracking sent")

    expect(page.locator(".page-title")).to_contain_text("Confirmed")
    expect(page.get_by_role("button", name="Hold")).to_be_visible()
    page.mouse.move(5, 5)
    page.get_by_role("heading", name="Ship to").hover()
    expect(page.get_by_role("button", name="Hold")).to_have_count(0)


def test_a_page_that_cannot_follow_any_more_says_so(look: Look, house: LiveHouse) -> None:
    page = look("/orders/?tab=new")
    page.context.clear_cookies()

    expect(page.get_by_text("Not up to date.")).to_be_visible()
    expect(page.get_by_role("link", name="Reload")).to_be_visible()
    assert_readable(page)


def test_one_line_says_what_was_held_and_takes_it_back_wherever_the_page_is(look: Look, house: LiveHouse) -> None:
    for number in range(4, 40):
        house.order(f"113-00000{number:02}-9")
    page = look("/orders/?tab=all")
    page.locator("[data-all]").check()
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_text("38 orders held. They stay here until somebody releases them.")).to_be_visible()
    read(page, "held-many")
    page.mouse.wheel(0, 2000)
    expect(page.get_by_text("38 orders held.")).to_be_in_viewport()

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("38 orders released again.")).to_be_visible()
    assert not Order.objects.filter(status=OrderStatus.HELD).exists()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("38 orders released again.")).to_have_count(0)


def test_the_bar_offers_only_what_works_on_the_ticked_rows(look: Look, house: LiveHouse) -> None:
    house.move(house.first, OrderStatus.HELD, "Held by Maria")
    page = look("/orders/?tab=all")

    page.get_by_label(f"Select {house.first.number}").check()
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    expect(page.get_by_role("button", name="Hold")).to_be_hidden()
    expect(page.get_by_role("button", name="Ship and Close")).to_be_hidden()
    page.get_by_label(f"Select {house.second.number}").check()
    expect(page.get_by_role("button", name="Hold")).to_be_visible()


def test_log_out_does_not_come_to_lie_under_the_pointer(look: Look, house: LiveHouse) -> None:
    page = look("/orders/?tab=all")
    who = page.locator("button.who")
    before = who.bounding_box()

    who.click()

    menu = page.locator("#account-menu")
    expect(menu.get_by_role("button", name="Log out")).to_be_visible()
    after, shown = who.bounding_box(), menu.bounding_box()
    assert before == after
    assert before
    assert shown
    assert shown["y"] + shown["height"] <= before["y"]
    assert_readable(page)
