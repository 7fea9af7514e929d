"""One session, two tabs, two organizations: what was opened in one of them is never done in the other.

Every form that a page of the portal shows, and every address that changes something, is sent by somebody who meanwhile
works elsewhere.
"""

import hashlib
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import serializers
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Invitation, Membership, Merchant, Organization, User
from core.alerts.models import Subscription
from orders.models import Order, OrderStatus, SavedFilter
from simulator.amazon import Simulator
from tests import factories
from tests.test_tenancy import ROUTES, arguments_of, things_of
from tests.world import simulator

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
__all__ = ["simulator"]  # fixtures

SWITCH = "people:organizations"


class Forms(HTMLParser):
    """The forms of a page: how and where they are sent, with what stands in them."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((said.get("method", "get"), said.get("action") or self.address, {}))
        elif tag in ("input", "button") and "name" in said and self.found:
            self.found[-1][2][said["name"]] = said.get("value", "")


@pytest.fixture
def here(db: None) -> dict[str, Any]:
    return things_of(factories.OrganizationFactory(name="Northwind 3PL"))


@pytest.fixture
def elsewhere(db: None) -> dict[str, Any]:
    return things_of(factories.OrganizationFactory(name="Zebra 3PL"))


@pytest.fixture
def person(here: dict[str, Any], elsewhere: dict[str, Any]) -> User:
    person = factories.UserFactory()
    for things in (here, elsewhere):
        factories.MembershipFactory(user=person, organization=organization_of(things))
        SavedFilter.objects.filter(pk=things["filter_id"]).update(user=person)
    return person


@pytest.fixture
def browser(person: User) -> Client:
    """Begins in Northwind, which comes first by its name."""
    browser = Client()
    browser.force_login(person)
    return browser


def organization_of(things: dict[str, Any]) -> Organization:
    found: Organization = Merchant.objects.get(pk=things["merchant_id"]).organization
    return found


def switch(browser: Client, things: dict[str, Any]) -> None:
    """Switch in another tab."""
    browser.post(reverse(SWITCH), {"organization": organization_of(things).pk})


def everything() -> str:
    """Return what is in the database, but who is logged in."""
    kept = hashlib.sha256()
    for model in apps.get_models():
        if model is not Session:
            kept.update(serializers.serialize("json", model._default_manager.order_by("pk")).encode())
    return kept.hexdigest()


def forms_of(browser: Client, things: dict[str, Any], method: str) -> list[tuple[str, dict[str, str]]]:
    """Return every form of the pages behind a door, with what stands in it."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for name, arguments, ability in ROUTES:
        address = reverse(name, kwargs=arguments_of(arguments, things))
        answer = browser.get(address)
        if ability is None or answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        for sent, where, fields in Forms(answer.content.decode(), address).found:
            if sent == method and not where.startswith(("/account", "/people/organizations")):
                found[f"{where} {sorted(fields.items())}"] = (where, fields)
    return list(found.values())


def test_no_form_of_an_old_tab_writes_anywhere(
    browser: Client, here: dict[str, Any], elsewhere: dict[str, Any], simulator: Simulator
) -> None:
    forms = forms_of(browser, here, "post")
    switch(browser, elsewhere)
    before = everything()

    answers = {where: browser.post(where, fields) for where, fields in forms}

    assert len(answers) > 25
    assert {where: answer.status_code for where, answer in answers.items() if answer.status_code != 409} == {}
    for answer in answers.values():
        assert "This page belongs to <strong>Northwind 3PL</strong>" in answer.content.decode()
    assert everything() == before


def test_nothing_that_does_not_say_where_it_belongs_is_written_for_somebody_of_two_organizations(
    browser: Client, here: dict[str, Any]
) -> None:
    before = everything()
    wrong = {}
    for name, arguments, ability in ROUTES:
        for mark in ({}, {"working_in": "x"}, {"working_in": "999999999"}):
            answer = browser.post(reverse(name, kwargs=arguments_of(arguments, here)), mark)
            if ability and answer.status_code != 409:
                wrong[name] = answer.status_code

    assert wrong == {}
    assert everything() == before


@pytest.mark.parametrize(
    ("route", "typed", "model"),
    [
        ("people:invite", {"email": "nina@elsewhere.example", "role": "admin"}, Invitation),
        ("merchants:new", {"name": "Red Cup Co", "email": ""}, Merchant),
        ("subscriptions:organization", {"address": "all@northwind.example", "topics": "created"}, Subscription),
        ("orders:save_filter", {"name": "Late"}, SavedFilter),
    ],
)
def test_what_was_typed_is_kept_and_can_be_submitted_where_it_belongs(
    browser: Client, here: dict[str, Any], elsewhere: dict[str, Any], route: str, typed: dict[str, str], model: Any
) -> None:
    northwind, zebra = organization_of(here), organization_of(elsewhere)
    before = model.objects.filter(organization=zebra).count()
    due = model.objects.filter(organization=northwind).count() + 1
    switch(browser, elsewhere)

    refused = browser.post(reverse(route), {**typed, "working_in": northwind.pk})
    (kept,) = (fields for _, _, fields in Forms(refused.content.decode(), "").found if "working_in_again" in fields)

    assert refused.status_code == 409
    assert refused.headers["Cache-Control"] == "no-store"
    assert {name: kept[name] for name in typed} == typed
    assert model.objects.filter(organization=zebra).count() == before

    browser.post(reverse(route), kept)

    assert browser.session["organization"] == northwind.pk
    assert model.objects.filter(organization=northwind).count() == due
    assert model.objects.filter(organization=zebra).count() == before


def test_holding_all_of_a_cart_holds_nothing_of_the_other_organization(
    browser: Client, here: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    cart = Cart.objects.get(pk=here["cart_id"])
    act = f"{reverse('orders:act')}?tab=all&cart={cart.pk}"
    switch(browser, elsewhere)

    said = browser.post(act, {"action": "hold", "all_matching": "yes", "working_in": cart.organization_id}, follow=True)

    assert said.status_code == 409
    assert not Order.objects.filter(status=OrderStatus.HELD).exists()


def test_a_password_or_token_is_not_given_back(
    browser: Client, here: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    switch(browser, elsewhere)

    said = browser.post(
        reverse("carts:token", args=[here["cart_id"]]),
        {"refresh_token": "Atzr|secret", "seller_id": "A1", "working_in": organization_of(here).pk},
    )

    assert "Atzr|secret" not in said.content.decode()


def test_a_search_or_a_file_of_an_old_tab_is_of_where_it_was_opened(
    browser: Client, here: dict[str, Any], elsewhere: dict[str, Any], simulator: Simulator
) -> None:
    searches = forms_of(browser, here, "get")
    export = browser.get(reverse("orders:orders"), {"tab": "all"}).context["exports"]["csv"][1]
    order = Order.objects.get(pk=here["order_id"])
    assert order.number in browser.get(export).getvalue().decode()
    switch(browser, elsewhere)

    answers = {where: browser.get(where, fields) for where, fields in [*searches, (export, {})]}

    assert len(answers) >= 4
    assert {where: answer.status_code for where, answer in answers.items() if answer.status_code != 409} == {}
    (back,) = (fields for _, _, fields in Forms(answers[export].content.decode(), "").found if "next" in fields)
    browser.post(reverse(SWITCH), back)
    assert order.number in browser.get(back["next"]).getvalue().decode()


def test_the_next_page_of_an_old_tab_is_not_the_other_organizations(
    browser: Client, here: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    sort = browser.get(reverse("orders:orders"), {"tab": "all"}).context["listing"].query_sorted_by("number")
    switch(browser, elsewhere)

    assert browser.get(f"{reverse('orders:orders')}{sort}").status_code == 409


def test_what_htmx_asks_for_gets_the_sentence_and_leaves_the_page(
    browser: Client, here: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    northwind = organization_of(here)
    assert f'"X-Working-In": "{northwind.pk}"' in browser.get(reverse("orders:orders")).content.decode()
    switch(browser, elsewhere)

    said = browser.get(reverse("orders:orders"), headers={"HX-Request": "true", "X-Working-In": str(northwind.pk)})

    assert said.status_code == 409
    assert said.headers["HX-Retarget"] == "#messages"
    assert "opened in Northwind 3PL, and you now work in Zebra 3PL" in said.content.decode()


def test_a_form_from_before_a_second_organization_came_is_refused_too(
    browser: Client, here: dict[str, Any], elsewhere: dict[str, Any], person: User
) -> None:
    Membership.objects.filter(user=person, organization=organization_of(here)).delete()

    said = browser.post(reverse("merchants:new"), {"name": "Red Cup Co", "working_in": organization_of(here).pk})

    assert said.status_code == 409
    assert "Open the page again from the menu" in said.content.decode()
    assert "Northwind" not in said.content.decode()
    assert not Merchant.objects.filter(name="Red Cup Co").exists()


def test_somebody_of_one_organization_has_clean_addresses(here: dict[str, Any]) -> None:
    browser = Client()
    browser.force_login(factories.make_person(organization_of(here), Role.STAFF))

    page = browser.get(reverse("orders:orders"), {"tab": "all"})

    assert "working_in" not in page.context["exports"]["csv"][1]
    assert "working_in" not in page.context["listing"].query_sorted_by("number")


def test_nobody_is_sent_off_to_another_site_after_switching(browser: Client, elsewhere: dict[str, Any]) -> None:
    chosen = {"organization": organization_of(elsewhere).pk, "next": "https://evil.example/"}

    assert browser.post(reverse(SWITCH), chosen).headers["Location"] == reverse("dashboard")
