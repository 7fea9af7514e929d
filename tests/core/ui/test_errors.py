"""Error pages stand alone and say the next step."""

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

pytestmark = pytest.mark.one_database

CODES = ["400", "403", "403_csrf", "404", "500"]


@pytest.mark.parametrize("code", CODES)
def test_an_error_page_needs_no_context(code: str) -> None:
    html = render_to_string(f"{code}.html")

    assert "<h1>" in html
    assert "Go to the start page" in html


def test_what_is_not_found_looks_the_same_to_everybody(staff_request: HttpRequest, rf: RequestFactory) -> None:
    context = {"request_path": "/orders/7/", "exception": "No Order matches the given query."}

    for_staff = render_to_string("404.html", context, staff_request)
    for_strangers = render_to_string("404.html", {}, rf.get("/elsewhere/"))

    assert for_staff == for_strangers


def test_who_may_not_is_told_why() -> None:
    assert "Your role, Viewer, may not ship orders." in render_to_string(
        "403.html", {"exception": "Your role, Viewer, may not ship orders."}
    )
