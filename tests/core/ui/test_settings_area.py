"""Settings is one place: its pages stand side by side on each of them, and light up one entry of the menu."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.ui import settings_area
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def client_of(role: Role) -> Client:
    merchant = factories.MerchantFactory()
    person = factories.make_person(merchant.organization, role, merchant=merchant if role == Role.SELLER else None)
    client = Client()
    client.force_login(person)
    return client


def current(page: str) -> list[str]:
    marked = re.findall(r'aria-current="page">(.*?)</(?:a|li)>', page, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", each).strip() for each in marked]


@pytest.mark.parametrize("page", settings_area.PAGES, ids=lambda page: page.label)
def test_each_page_lies_under_settings_and_shows_the_others(page: settings_area.SettingsPage) -> None:
    shown = client_of(Role.OWNER).get(reverse(page.route)).content.decode()

    assert {"Settings", page.label} <= set(current(shown))
    for other in settings_area.PAGES:
        assert f'href="{reverse(other.route)}"' in shown


def test_a_seller_has_no_settings() -> None:
    seller = client_of(Role.SELLER)

    assert seller.get("/settings/").status_code == 404
    assert "/settings/" not in seller.get(reverse("dashboard")).content.decode()


def test_the_rule_of_a_cart_lies_under_carts() -> None:
    rule = factories.MethodRuleFactory()
    client = Client()
    client.force_login(factories.make_person(rule.organization))

    shown = client.get(reverse("shipping:rule", args=[rule.pk])).content.decode()

    assert "Carts" in current(shown)
    assert "Settings" not in current(shown)
