"""Somebody makes a key in the browser, reads its page, and opens the API's own pages, which obey the strict CSP."""

import re
from dataclasses import dataclass

import pytest
from django.urls import reverse

from core.accounts.models import User
from core.api.models import ApiKey
from tests import axe_rules
from tests.browser.page_text import Look
from tests.factories import OrganizationFactory, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@dataclass
class Office:
    user: User


@pytest.fixture
def house(transactional_db: None) -> Office:
    return Office(make_person(OrganizationFactory(name="Northwind 3PL")))


def test_a_key_is_made_and_the_docs_open(look: Look) -> None:
    page = look(reverse("api_keys:new"))
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.get_by_role("textbox", name="Name").fill("Reno WMS")
    page.get_by_role("checkbox", name="Read orders").check()
    assert axe_rules.broken(page) == []
    page.get_by_role("button", name="Make the key").click()
    full = page.get_by_label("Copy it now").input_value()
    assert re.fullmatch(r"im_[a-z0-9]{10}\.[\w-]{43}", full)
    assert axe_rules.broken(page) == []

    key = ApiKey.objects.get()
    page = look(reverse("api_keys:keys"))
    page.get_by_role("link", name="Reno WMS").click()
    assert full not in page.content()
    assert key.public_id in page.content()

    page.goto(page.url.split("/settings")[0] + reverse("api:docs"))
    page.get_by_role("heading", name="Northwind 3PL: API").wait_for()
    page.get_by_role("link", name="GET /api/v1/merchants").click()
    page.locator("#api-docs").get_by_text("Needs the scope").first.wait_for()
    assert page.get_by_role("link", name="API keys").get_attribute("href") == reverse("api_keys:keys")
    page.goto(page.url.split("/api")[0] + reverse("api:problems"))
    assert axe_rules.broken(page) == []
    assert refused == []
