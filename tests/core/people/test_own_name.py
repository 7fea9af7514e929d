"""Whoever logs in may say what they are called, and is called so from then on."""

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import Membership, User
from tests import factories
from tests.core.people.conftest import LogIn

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_a_name_is_saved_and_shown_instead_of_the_address(staff: Membership, log_in: LogIn) -> None:
    browser = log_in(staff)
    before = browser.get(reverse("dashboard")).content.decode()

    answer = browser.post("/people/name/", {"name": "  Maria\u200b Ortiz "}, follow=True)

    assert f"<span>{staff.user.email}</span>" in before
    assert "Your name was saved." in answer.content.decode()
    assert "<span>Maria Ortiz</span>" in browser.get(reverse("dashboard")).content.decode()
    assert User.objects.get(pk=staff.user_id).name == "Maria Ortiz"


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 121])
def test_a_name_that_is_none_is_refused(staff: Membership, log_in: LogIn, name: str) -> None:
    answer = log_in(staff).post("/people/name/", {"name": name})

    assert answer.status_code == 422
    assert User.objects.get(pk=staff.user_id).name == staff.user.name


def test_whoever_belongs_to_no_organization_has_a_name_too() -> None:
    person = factories.UserFactory()
    browser = Client()
    browser.force_login(person)

    assert browser.post("/people/name/", {"name": "Nina"}).status_code == 302
    assert User.objects.get(pk=person.pk).name == "Nina"
    assert Client().get("/people/name/").status_code == 302


def test_whoever_works_for_two_sees_how_to_switch(staff: Membership, log_in: LogIn) -> None:
    browser = log_in(staff)
    assert "Switch organization" not in browser.get(reverse("dashboard")).content.decode()

    factories.MembershipFactory(user=staff.user)

    side = browser.get(reverse("dashboard")).content.decode().partition('<nav aria-label="Main">')[0]
    assert "Switch organization" in side
