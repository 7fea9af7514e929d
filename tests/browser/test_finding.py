"""Finding and choosing orders in a real browser."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from core.common import clock
from orders.models import Order, OrderStatus, SavedFilter
from tests.browser.page_text import Look, read
from tests.browser.test_orders import Warehouse3pl, house, pytestmark

__all__ = ["house", "pytestmark"]


def test_a_range_is_chosen_with_shift_and_all_that_match_are_held(look: Look, house: Warehouse3pl) -> None:
    for number in range(60):
        house.order(f"114-{number:07}-1", OrderStatus.NEW, 400 + number)
    page = look("/orders/?tab=new")
    boxes = page.locator("tbody input[type=checkbox]")

    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-count]")).to_have_text("4 selected")

    page.get_by_label("or select all 61 that match").check()
    expect(page.locator("[data-count]")).to_have_text("Selected: all 61 that match")
    boxes.nth(2).uncheck()  # whoever takes one out does not mean all
    expect(page.get_by_label("or select all 61 that match")).not_to_be_checked()
    page.get_by_label("or select all 61 that match").check()
    page.get_by_role("button", name="Hold").click()

    expect(page.get_by_text("61 orders held.")).to_be_visible()
    assert not Order.objects.filter(status=OrderStatus.NEW).exists()


def top(page: Page) -> float:
    """Where the first order begins, from the top of the screen."""
    box = page.locator("tbody tr").first.bounding_box()
    assert box
    return box["y"]


def test_a_filter_is_chosen_saved_and_come_back_to(look: Look, house: Warehouse3pl) -> None:
    page = look("/orders/?tab=all")
    page.set_viewport_size({"width": 1366, "height": 768})
    plain = top(page)
    assert plain <= 240
    assert {round(each.bounding_box()["height"]) for each in page.locator("tbody tr").all()} <= {36, 37}  # type: ignore[index]

    page.get_by_text("More filters").click()
    assert top(page) == plain  # it lies over the list
    page.get_by_label("Status", exact=True).select_option("at_wms")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".chip")).to_have_text("Status: At the warehouse")
    page.get_by_text("Saved views").click()
    expect(page.get_by_label("Status", exact=True)).to_be_hidden()  # one at a time
    page.get_by_label("View name").fill("On the floor")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_text("Saved as “On the floor”.")).to_be_visible()
    assert SavedFilter.objects.get().query == "tab=all&status=at_wms"

    page.goto(page.url.split("?")[0])
    page.get_by_role("link", name="On the floor").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".chip")).to_have_text("Status: At the warehouse")
    expect(page.get_by_label("Status", exact=True)).to_be_hidden()  # the chip says it
    page.locator("summary", has_text="Columns").click()
    expect(page.get_by_role("button", name="Save columns and rows")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Save columns and rows")).to_be_hidden()
    expect(page.locator("summary", has_text="Columns")).to_be_focused()


def test_filters_and_files_need_no_javascript(look: Look, house: Warehouse3pl) -> None:
    page = look("/orders/?tab=all", javascript=False)

    page.get_by_text("More filters").click()
    page.get_by_label("Status", exact=True).select_option("at_wms")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)

    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Export as CSV").click()
    lines = taken.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Order", house.first.number, house.second.number]


def test_keys_are_letters_inside_a_field(look: Look, house: Warehouse3pl) -> None:
    page = look("/orders/?tab=all")

    page.keyboard.press("/")
    page.keyboard.type("jx?/")
    expect(page.get_by_label("Search orders")).to_have_value("jx?/")
    expect(page.locator("tbody tr")).to_have_count(0)
    expect(page.locator("#keys")).to_be_hidden()

    page.get_by_label("Search orders").fill("")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("tbody tr")).to_have_count(7)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(house.held.number)


def test_the_board_is_readable_by_everybody_and_leads_to_the_orders(look: Look, house: Warehouse3pl) -> None:
    Order.objects.filter(status__in=(OrderStatus.AT_WMS, OrderStatus.HELD)).update(
        ship_by=clock.now() + timedelta(hours=1)
    )
    Order.objects.filter(pk=house.new.pk).update(ship_by=clock.now() - timedelta(hours=3))
    page = look("/orders/board/")
    read(page, "board-full")

    page.get_by_label("2: At the warehouse, Next 2 h").click()
    expect(page.locator(".chip")).to_have_text(["Status: At the warehouse", "Due within 2 hours"])
    expect(page.locator("tbody tr")).to_have_count(2)
