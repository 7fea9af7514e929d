"""Every address of the portal opens a page when somebody opens it: from the browser's bar, a bookmark or a chat."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from simulator.amazon import Simulator
from tests import factories
from tests.test_tenancy import ABSENT, EVERY, Things, arguments_of, client_of, ours

__all__ = ["ours"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
BY_A_KEY = ("token", "link", "kind", "key")  # what only who was sent a link has, or a marketplace


@pytest.mark.parametrize("role", [Role.OWNER, Role.VIEWER, Role.SELLER])
def test_no_address_is_a_blank_page_of_the_browsers(role: Role, ours: Things, simulator: Simulator) -> None:
    client = client_of(ours, role)
    blank = {}
    for name, arguments, _ in EVERY:
        if set(arguments) & set(BY_A_KEY):
            continue
        page = client.get(reverse(name, kwargs=arguments_of(arguments, ours)), follow=True)
        if page.status_code == 405 or not page.getvalue():
            blank[name] = page.status_code

    assert blank == {}


@pytest.mark.parametrize(
    ("name", "arguments", "page"),
    [
        ("orders:note", ["order_id"], "orders:order"),
        ("orders:look", ["order_id"], "orders:order"),
        ("orders:hold", ["order_id"], "orders:order"),
        ("orders:act", [], "orders:orders"),
        ("orders:save_filter", [], "orders:orders"),
        ("orders:delete_filter", ["filter_id"], "orders:orders"),
        ("carts:token", ["cart_id"], "carts:cart"),
        ("carts:share_revoke", ["cart_id"], "carts:cart"),
    ],
)
def test_what_is_only_sent_leads_to_its_page(ours: Things, name: str, arguments: list[str], page: str) -> None:
    client = client_of(ours, Role.OWNER)
    address = reverse(name, kwargs=arguments_of(arguments, ours))
    kept = [each for each in arguments if each != "filter_id"]

    answer: Any = client.get(f"{address}?tab=new", follow=True)

    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == f"{reverse(page, kwargs=arguments_of(kept, ours))}?tab=new"
    assert client.head(address).status_code == 302
    assert client.delete(address).status_code == 405


def test_it_tells_a_stranger_nothing(ours: Things, client: Client) -> None:
    address = reverse("orders:note", kwargs={"order_id": ours["order_id"]})
    assert client.get(address)["Location"].startswith(reverse("account_login"))

    client.force_login(factories.make_person(factories.OrganizationFactory(), Role.OWNER))
    there = client.get(address, follow=True)
    nowhere = client.get(reverse("orders:note", kwargs={"order_id": ABSENT}), follow=True)

    assert (there.status_code, there.content) == (404, nowhere.content)
