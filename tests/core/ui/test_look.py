"""Every part of the look, in a real browser: readable by everybody, in both themes, on desk and phone."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django import forms
from django.contrib.messages.storage.base import Message
from django.db import models
from django.http import QueryDict
from django.utils.html import format_html

from core.ui.list_page import ListPage
from tests import axe_rules
from tests.core.ui.conftest import NOW, Render, Show

pytestmark = pytest.mark.browser


class State(models.TextChoices):
    ERROR = "error", "Error"
    NEW = "new", "New"
    AT_WMS = "at_wms", "At the warehouse"
    SHIPPED = "shipped", "Shipped"
    HELD = "held", "Held"

    @property
    def tone(self) -> str:
        return {"error": "bad", "new": "calm", "at_wms": "busy", "shipped": "good", "held": "warn"}[self]


@dataclass
class Row:
    number: str
    cart: str
    status: State
    why: str
    lines: int
    total: Decimal
    minutes: int

    @property
    def placed_at(self) -> Any:
        return NOW - timedelta(minutes=self.minutes)


ROWS = [
    Row("113-4471882-1", "Amazon US", State.ERROR, "Ship method “SecondDay” is not mapped", 2, Decimal("48.20"), 4),
    Row("113-9920017-5", "Amazon US", State.NEW, "", 1, Decimal("19.99"), 6),
    Row("#10482", "Amazon DE · Mugs", State.AT_WMS, "Handed over 10:42", 3, Decimal("112"), 61),
    Row("113-2210945-8", "Amazon CA", State.SHIPPED, "UPS 1Z 999 AA1 01", 1, Decimal("24.50"), 122),
    Row("#10477", "Amazon DE · Mugs", State.SHIPPED, "Tracking sent 09:15", 4, Decimal("88"), 184),
    Row("113-0071120-2840193", "Amazon US", State.HELD, "The buyer asked to cancel", 1, Decimal("12"), 301),
]


class CartForm(forms.Form):
    name = forms.CharField(help_text="As your people call it.")
    address = forms.EmailField(label="Seller's e-mail address", required=False)
    region = forms.ChoiceField(choices=[("na", "North America"), ("eu", "Europe")])
    since = forms.ChoiceField(widget=forms.RadioSelect, choices=[("now", "From now on"), ("week", "The last week")])
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    active = forms.BooleanField(label="Bring orders", required=False, help_text="Off: nothing is asked for.")

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("The seller has not agreed yet.")


def list_context() -> dict[str, Any]:
    tab = SimpleNamespace
    return {
        "tabs": [
            tab(label="Needs attention", url="#1", count=3, active=True),
            tab(label="New", url="#2", count=41, active=False),
            tab(label="At the warehouse", url="#3", count=128, active=False),
            tab(label="Shipped", url="#4", count=None, active=False),
            tab(label="All", url="#5", count=None, active=False),
        ],
        "chips": [{"label": "Merchant: Blue Mug Co", "remove_url": "#c"}],
        "actions": [{"label": "Send to WMS", "value": "send"}, {"label": "Hold", "value": "hold"}],
        "listing": ListPage(ROWS, 172, 0, "placed", True, "next", QueryDict()),
    }


def order_context() -> dict[str, Any]:
    at = NOW.replace(minute=31, second=4)
    exchange = {
        "summary": "POST /orders answered 400 in 0.3 s",
        "request": '{"shipMethod": "SecondDay"}',
        "answer": "{}",
    }
    events = [
        SimpleNamespace(sentence=format_html("Downloaded from <strong>{}</strong>", "Amazon US"), at=at, tone="calm"),
        SimpleNamespace(sentence="Address checked, no changes", at=at, tone="calm"),
        SimpleNamespace(
            sentence=format_html("Not sent to the WMS: ship method <strong>{}</strong> is not mapped", "SecondDay"),
            at=at + timedelta(minutes=1),
            tone="bad",
            exchanges=[exchange],
        ),
        SimpleNamespace(sentence="Mapped SecondDay to UPS 2nd Day Air", at=NOW, tone="good", actor_name="Maria Ortiz"),
    ]
    return {
        "crumbs": [("Orders", "/orders/")],
        "status": State.ERROR,
        "placed_at": NOW - timedelta(minutes=12),
        "steps": [
            {"label": "Downloaded", "tone": "good", "note": "10:31 UTC"},
            {"label": "Send to WMS", "tone": "bad", "note": "stuck, 1 try"},
            {"label": "Shipped", "tone": "todo", "note": ""},
            {"label": "Confirmed", "tone": "todo", "note": "due by 24 Nov"},
        ],
        "events": events,
    }


def parts_context() -> dict[str, Any]:
    return {
        "tones": [("New", "calm"), ("Sending", "busy"), ("Sent", "good"), ("Held", "warn"), ("Error", "bad")],
        "form": CartForm({"address": "no address"}),
        "simulated": True,
        "simulator_url": "#simulator",
        "messages": [
            Message(level, "Sent again. We'll tell you if the warehouse refuses it.") for level in (20, 25, 30, 40)
        ],
    }


PAGES = {"list.html": list_context, "order.html": order_context, "parts.html": parts_context}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_by_everybody(render: Render, show: Show, name: str, theme: str) -> None:
    with time_machine.travel(NOW, tick=False):
        html = render(name, **PAGES[name]())

    for width in (1280, 375):
        with show(html, width=width, theme=theme) as look:
            for box in look.page.locator("tbody input[type=checkbox]").all()[:2]:
                box.check()
            for details in look.page.locator(".timeline summary").all():
                details.click()
            look.page.mouse.move(0, 0)
            overflow = look.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            closed = axe_rules.broken(look.page, colors_only=theme == "dark")
            look.page.locator(".phone-menu summary, button.who").locator("visible=true").click()
            opened = axe_rules.broken(look.page, within=".side", colors_only=theme == "dark")

        assert closed == []
        assert opened == []
        assert overflow <= 0
        assert look.complaints == []


@pytest.mark.parametrize(
    ("colors_only", "found"), [(False, ["color-contrast", "html-has-lang", "image-alt"]), (True, ["color-contrast"])]
)
def test_what_cannot_be_read_is_found(show: Show, colors_only: bool, found: list[str]) -> None:
    html = '<title>Pale</title><body bgcolor="#ffffff"><font color="#bbbbbb">Pale</font><img src="data:,">'

    with show(html) as look:
        rules = [each["rule"] for each in axe_rules.broken(look.page, colors_only=colors_only)]

    assert rules == found


def test_a_list_is_worked_by_keyboard(render: Render, show: Show) -> None:
    with show(render("list.html", **list_context())) as look:
        page = look.page
        assert not page.locator(".bulk-acts").is_visible()
        first = page.locator("tbody tr").first
        place = first.bounding_box()

        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("x")
        assert page.locator("[data-count]").inner_text() == "1 selected"
        assert page.locator(".bulk-acts").is_visible()
        assert first.bounding_box() == place  # no row moves under the pointer
        assert page.evaluate("document.activeElement.textContent") == ROWS[1].number

        page.keyboard.press("Enter")
        page.wait_for_url(f"**/#{ROWS[1].number}")

        page.keyboard.press("/")
        page.keyboard.type("jx?")
        assert page.locator("input[type=search]").input_value() == "jx?"
        assert page.locator("[data-count]").inner_text() == "1 selected"

        page.locator("h1").click()
        page.keyboard.press("?")
        assert page.get_by_role("dialog", name="Keyboard shortcuts").is_visible()
        page.keyboard.press("Escape")
        assert not page.get_by_role("dialog", name="Keyboard shortcuts").is_visible()
        assert look.complaints == []


def test_shift_click_chooses_a_range_and_the_head_chooses_all(render: Render, show: Show) -> None:
    with show(render("list.html", **list_context())) as look:
        boxes, count = look.page.locator("tbody input[type=checkbox]"), look.page.locator("[data-count]")

        boxes.nth(1).click()
        boxes.nth(4).click(modifiers=["Shift"])
        assert count.inner_text() == "4 selected"

        look.page.locator("[data-all]").click()
        assert count.inner_text() == "6 selected"
        look.page.locator("[data-all]").click()
        assert not look.page.locator(".bulk-acts").is_visible()


def test_without_javascript_the_bulk_bar_is_there(render: Render, show: Show) -> None:
    with show(render("list.html", **list_context()), javascript=False) as look:
        assert look.page.locator(".bulk-acts").is_visible()
        assert look.page.get_by_role("button", name="Send to WMS").is_visible()
        assert not look.page.locator("[data-all]").is_visible()
        assert not look.page.locator("[data-theme-switch]").first.is_visible()


def test_the_theme_is_chosen_and_remembered(render: Render, show: Show) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    with show(render("list.html", **list_context()), theme="dark") as look:
        page = look.page
        dark = page.evaluate(background)
        page.locator("button.who").click()
        page.locator("#account-menu [data-theme-switch]").click()
        assert page.locator("#account-menu [data-theme-word]").inner_text() == "light"
        light = page.evaluate(background)

        page.reload()

        assert page.evaluate(background) == light != dark


def test_a_question_is_asked_before_what_cannot_be_undone(render: Render, show: Show) -> None:
    with show(render("parts.html", **parts_context()), javascript=False) as look:
        look.page.get_by_role("button", name="Disconnect").click()
        asked = look.page.get_by_role("dialog", name="Disconnect Amazon US?")
        assert asked.get_by_role("button", name="Disconnect").is_visible()
        asked.get_by_role("button", name="Go back").click()
        assert not asked.is_visible()
