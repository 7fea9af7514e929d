"""Choosing orders over the pages of a list, pasting numbers, and the box that finds everything, in a real browser."""

from playwright.sync_api import Page, expect

from orders.models import HeldFor, Order, OrderStatus
from tests.browser.page_text import Look, read
from tests.browser.test_orders import Warehouse3pl, house, pytestmark

__all__ = ["house", "pytestmark"]


def height(page: Page) -> float:
    box = page.locator(".bulk").bounding_box()
    return box["height"] if box else 0


def test_ticks_are_kept_over_pages_and_after_a_refusal_until_something_is_done(look: Look, house: Warehouse3pl) -> None:
    for number in range(60):
        house.order(f"114-{number:07}-1", OrderStatus.NEW, 400 + number)
    page = look("/orders/?tab=new")
    page.locator("tbody input[type=checkbox]").nth(0).check()
    page.locator("tbody input[type=checkbox]").nth(1).check()
    room = height(page)
    first = page.locator("tbody tr").first.bounding_box()
    page.locator("[data-clear]").click()
    expect(page.locator(".bulk")).to_be_hidden()
    assert page.locator("tbody tr").first.bounding_box() == first  # no row moves
    page.locator("tbody input[type=checkbox]").nth(0).check()
    page.locator("tbody input[type=checkbox]").nth(1).check()

    page.get_by_role("link", name="More →").click()
    expect(page.locator("tbody tr")).to_have_count(11)
    expect(page.locator("[data-count]")).to_have_text("2 selected, 2 on other pages")
    page.locator("tbody input[type=checkbox]").nth(0).check()
    expect(page.locator("[data-count]")).to_have_text("3 selected, 2 on other pages")
    page.get_by_role("link", name="Back to the top").click()
    expect(page.locator("tbody input[type=checkbox]:checked")).to_have_count(2)
    assert height(page) == room

    page.locator(".bulk").evaluate("bar => window.scrollTo(0, document.body.scrollHeight)")
    expect(page.get_by_role("button", name="Hold")).to_be_in_viewport()
    expect(page.get_by_role("columnheader", name="Merchant and cart")).to_be_in_viewport()
    page.get_by_role("button", name="Hold").click()

    expect(page.locator("#messages")).to_contain_text("3 orders")
    assert Order.objects.filter(status=OrderStatus.HELD, held_for=HeldFor.PERSON).count() == 3
    page.goto("/orders/?tab=new")
    expect(page.locator(".bulk")).to_be_hidden()
    expect(page.locator("tbody input[type=checkbox]:checked")).to_have_count(0)


def test_a_pasted_column_finds_its_orders(look: Look, house: Warehouse3pl) -> None:
    page = look("/orders/?tab=all")
    column = f"{house.new.number}\n{house.first.number}\n"

    page.evaluate("text => navigator.clipboard.writeText(text)", column)
    page.get_by_label("Search orders").focus()
    page.keyboard.press("Control+v")

    expect(page.get_by_label("Search orders")).to_have_value(column.strip().replace("\n", ","))
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".chip")).to_have_text("Search: 2 numbers")


def test_ctrl_k_finds_everything_while_one_types(look: Look, house: Warehouse3pl) -> None:
    page = look("/carts/")

    page.keyboard.press("Control+k")
    page.keyboard.type("blue")
    expect(page.locator("#finder-found a").first).to_have_text("Blue Mug Co · Amazon US Live")
    read(page, "finder")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{house.cart.get_absolute_url()}")

    page.keyboard.press("Control+k")
    page.keyboard.type(house.new.number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{house.new.get_absolute_url()}")


def test_without_javascript_the_box_is_a_form_like_any_other(look: Look, house: Warehouse3pl) -> None:
    page = look("/carts/", javascript=False)

    page.get_by_role("searchbox", name="Search everything").fill("ship-by")
    page.keyboard.press("Enter")  # it is all that is found

    expect(page.get_by_role("heading", name="Ship-by board")).to_be_visible()


def test_on_a_phone_rows_say_what_is_due_and_filters_are_in_a_drawer(look: Look, house: Warehouse3pl) -> None:
    page = look("/orders/?tab=wms", width=375)

    row = page.locator("tbody tr").first
    box = row.bounding_box()
    assert box
    assert box["y"] <= 260
    assert box["height"] <= 60
    for css, words in (
        (".c-order", "113-"),
        (".c-cart", "Blue Mug Co"),
        (".c-method", "UPS Ground"),
        (".c-due", "in 47 h"),
    ):
        expect(row.locator(css)).to_contain_text(words)
        expect(row.locator(css)).to_be_in_viewport()
    expect(page.get_by_role("combobox", name="Merchant")).to_be_hidden()
    page.get_by_text("Filters", exact=True).click()
    expect(page.get_by_role("combobox", name="Ship by")).to_be_visible()
    assert row.bounding_box() == box  # it lies over the list
    page.locator("h1").click()
    expect(page.get_by_role("combobox", name="Ship by")).to_be_hidden()
    row.get_by_role("checkbox").check()
    expect(page.get_by_role("button", name="Ship and Close")).to_be_in_viewport()
    read(page, "phone-list")
