"""A mail's HTML says what its text says, and leads nowhere but here."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.common import multipart
from tests.mail_content import links_of, words_of

HERE = "https://portal.example.com"
STEPS = f"""Do this:

1. Open this link: {HERE}/setup/abc/
2. Press “Grant”.

That is all.

--
To get no more of it: {HERE}/alerts/stop/xyz/
"""
LINES = st.text(alphabet="ab 1.-<>&\"'{}%/:", max_size=20)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@pytest.fixture(autouse=True)
def here(settings: Any) -> None:
    settings.PUBLIC_URL = HERE


def test_both_bodies_say_the_same() -> None:
    message = multipart.message(subject="Hello", text=STEPS, to=["jo@seller.example"])
    ((html, kind),) = message.alternatives

    assert (message.body, kind) == (STEPS, "text/html")
    assert words_of(str(html)) == STEPS.split()
    assert links_of(str(html)) == [f"{HERE}/setup/abc/", f"{HERE}/alerts/stop/xyz/"]
    assert f"{HERE}/setup/abc/" not in re.sub("<[^>]*>", "", str(html)), "its button stands for it"


@given(text=TEXTS)
def test_whatever_the_text_holds_the_html_says_the_same(text: str) -> None:
    assert words_of(multipart.html("Hello", text)) == text.split()


def test_the_parts_of_a_text_become_parts_of_the_page() -> None:
    html = multipart.html("Steps & stones", STEPS)

    assert "<title>Steps &amp; stones</title>" in html
    assert html.count("<li>") == 2
    assert html.count("<footer>") == 1
    assert html.index("<ol>") < html.index("That is all.") < html.index("<footer>")


def test_markup_in_a_text_stays_text() -> None:
    html = multipart.html("<b>", "<script>alert(1)</script> & “so on”\n<img src=x>\n")

    assert "<script>" not in html
    assert "<img" not in html
    assert "<title>&lt;b&gt;</title>" in html
    assert words_of(html) == ["<script>alert(1)</script>", "&", "“so", "on”", "<img", "src=x>"]


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        f"{HERE}.evil.example/",
        f"{HERE}@evil.example/",
        f"{HERE}:8443/",
        f"{HERE}x",
        f"https://evil.example/?{HERE}/",
        "javascript:alert(1)",
    ],
)
def test_an_address_of_somebody_else_is_no_link(address: str) -> None:
    html = multipart.html("Hello", f"Look at {address} now.\n")

    assert links_of(html) == []
    assert words_of(html) == ["Look", "at", address, "now."]


@pytest.mark.parametrize("ending", [".", "),", "?", "”"])
def test_a_link_ends_before_the_sentence_does(ending: str) -> None:
    html = multipart.html("Hello", f"Look at {HERE}/alerts/?cause=a.b{ending} Then rest, or ask {HERE}{ending}\n")

    assert links_of(html) == [f"{HERE}/alerts/?cause=a.b", HERE]


def test_numbers_that_are_no_steps_stay_where_they_are() -> None:
    html = multipart.html("Hello", "1. FC Köln\n\n3. Straße 7\n4. Straße 8\n")

    assert "<ol>" not in html
    assert words_of(html) == ["1.", "FC", "Köln", "3.", "Straße", "7", "4.", "Straße", "8"]
