"""The People page: who may do what, and who may change it."""

import re
import threading
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization
from core.activity.models import Event
from core.common import clock
from core.people import members
from tests.core.people.conftest import LogIn
from tests.factories import PASSWORD, MembershipFactory

pytestmark = pytest.mark.one_database


def change(client: Client, membership: Membership, role: str, **more: Any) -> Any:
    return client.post(reverse("people:person", args=[membership.pk]), {"role": role, "mailed": "on", **more})


def role_of(membership: Membership) -> str:
    return str(Membership.objects.get(pk=membership.pk).role)


def test_the_page_tells_who_works_here(owner: Membership, staff: Membership, log_in: LogIn) -> None:
    TOTP.activate(staff.user, generate_totp_secret())
    stranger = MembershipFactory(organization__name="Elsewhere")

    page = log_in(owner).get(reverse("people:people")).content.decode()

    assert "Olivia Owner" in page
    assert staff.user.email in page
    assert stranger.user.email not in page
    assert re.findall(r"tone-(?:good|warn)\">.*?(Yes|No)</span>", page, re.DOTALL) == ["Yes", "No"]


def test_an_owner_changes_a_role_and_the_person_logs_in_again(
    owner: Membership, staff: Membership, merchant: Merchant, log_in: LogIn
) -> None:
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": staff.user.email, "password": PASSWORD})
    assert theirs.get(reverse("dashboard")).status_code == 200

    change(log_in(owner), staff, "seller", merchant=merchant.pk)

    staff.refresh_from_db()
    assert (staff.role, staff.merchant) == (Role.SELLER, merchant)
    assert theirs.get(reverse("dashboard")).status_code == 302
    assert not UserSession.objects.filter(user=staff.user).exists()
    event = Event.objects.get(kind="person.role_changed")
    assert event.details == {"person": staff.user_id, "was": "Staff", "to": "Seller"}
    assert (event.subject_kind, event.subject_id) == ("organization", owner.organization_id)


def test_a_removed_person_is_out_at_once(owner: Membership, staff: Membership, log_in: LogIn) -> None:
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": staff.user.email, "password": PASSWORD})

    log_in(owner).post(reverse("people:remove", args=[staff.pk]))

    assert not Membership.objects.filter(pk=staff.pk).exists()
    assert theirs.get(reverse("orders:orders")).status_code == 302
    assert Event.objects.get(kind="person.removed").details == {"person": staff.user_id, "role": "Staff"}


def test_the_last_owner_stays(owner: Membership, log_in: LogIn) -> None:
    browser = log_in(owner)

    browser.post(reverse("people:remove", args=[owner.pk]))

    assert role_of(owner) == Role.OWNER
    assert "last owner" in browser.get(reverse("people:people")).content.decode()

    MembershipFactory(organization=owner.organization)
    browser.post(reverse("people:remove", args=[owner.pk]))
    assert not Membership.objects.filter(pk=owner.pk).exists()


def test_the_last_owner_who_can_log_in_stays_one(owner: Membership, admin: Membership, log_in: LogIn) -> None:
    closed = MembershipFactory(organization=owner.organization, user__is_active=False)

    with pytest.raises(members.MemberChangeRefused, match="last owner"):
        members.change_role(owner, Role.STAFF, None, by=closed, now=clock.now())

    assert role_of(owner) == Role.OWNER


def test_nobody_changes_their_own_role(owner: Membership, admin: Membership, log_in: LogIn) -> None:
    change(log_in(admin), admin, "staff")

    assert role_of(admin) == Role.ADMIN
    with pytest.raises(members.MemberChangeRefused, match="your own"):
        members.change_role(owner, Role.STAFF, None, by=owner, now=clock.now())


def test_an_admin_manages_people_below_owner(
    owner: Membership, admin: Membership, staff: Membership, log_in: LogIn
) -> None:
    browser = log_in(admin)

    change(browser, staff, "admin")
    assert role_of(staff) == Role.ADMIN
    assert change(browser, staff, "owner").status_code == 422
    change(browser, owner, "staff")
    browser.post(reverse("people:remove", args=[owner.pk]))

    assert role_of(staff) == Role.ADMIN
    assert role_of(owner) == Role.OWNER


@pytest.mark.parametrize("role", [Role.STAFF, Role.VIEWER])
def test_others_do_not_manage_people(acme: Organization, owner: Membership, role: Role, log_in: LogIn) -> None:
    browser = log_in(MembershipFactory(organization=acme, role=role))

    assert browser.get(reverse("people:people")).status_code == 403
    assert browser.post(reverse("people:remove", args=[owner.pk])).status_code == 403
    assert "People" not in browser.get(reverse("dashboard")).content.decode()


def test_mail_can_be_switched_off_for_a_person(owner: Membership, staff: Membership, log_in: LogIn) -> None:
    browser = log_in(owner)

    browser.post(reverse("people:person", args=[staff.pk]), {"role": "staff"})

    staff.refresh_from_db()
    assert not staff.mailed
    assert Event.objects.filter(kind="person.mail_off").count() == 1


def test_a_role_that_changed_meanwhile_is_not_overwritten(owner: Membership, staff: Membership) -> None:
    seen = Membership.objects.select_related("organization", "user").get(pk=staff.pk)
    members.change_role(staff, Role.VIEWER, None, by=owner, now=clock.now())

    with pytest.raises(members.MemberChangeRefused, match="Somebody else"):
        members.change_role(seen, Role.ADMIN, None, by=owner, now=clock.now())

    assert role_of(staff) == Role.VIEWER


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_let_go_at_once_leave_one(owner: Membership) -> None:
    second = MembershipFactory(organization=owner.organization)
    start = threading.Barrier(2)
    refused = []

    def leave(mine: Membership) -> None:
        start.wait()
        try:
            members.remove(mine, by=mine, now=clock.now())
        except members.MemberChangeRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[each]) for each in (owner, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert Membership.objects.filter(organization=owner.organization, role=Role.OWNER).count() == 1


# -- The policy and the organization one works in ---------------------------------------------------------------------
def test_only_who_has_a_second_factor_requires_it_of_all(owner: Membership, log_in: LogIn) -> None:
    browser = log_in(owner)

    browser.post(reverse("people:policy"), {"required": "yes"})
    assert not Organization.objects.get(pk=owner.organization_id).mfa_required

    TOTP.activate(owner.user, generate_totp_secret())
    browser.post(reverse("people:policy"), {"required": "yes"})
    assert Organization.objects.get(pk=owner.organization_id).mfa_required
    browser.post(reverse("people:policy"), {"required": "no"})
    assert not Organization.objects.get(pk=owner.organization_id).mfa_required
    assert Event.objects.filter(kind__startswith="organization.second_factor").count() == 2


def test_requiring_a_second_factor_says_first_whom_it_keeps_out(owner: Membership, log_in: LogIn) -> None:
    for _ in range(2):
        MembershipFactory(organization=owner.organization, role=Role.STAFF)
    TOTP.activate(owner.user, generate_totp_secret())

    page = log_in(owner).get(reverse("people:people")).content.decode()

    asked = page[page.index('id="require"') :]
    assert "2 people in Northwind 3PL have none yet" in asked
    assert asked.index("have none yet") < asked.index('value="yes"')


def test_an_admin_sets_no_policy(owner: Membership, admin: Membership, log_in: LogIn) -> None:
    assert log_in(admin).post(reverse("people:policy"), {"required": "yes"}).status_code == 403


def test_a_person_of_two_organizations_switches(owner: Membership, log_in: LogIn) -> None:
    second = MembershipFactory(organization__name="Zebra 3PL", user=owner.user, role=Role.VIEWER)
    browser, switch = log_in(owner), reverse("people:organizations")
    assert "Northwind 3PL" in browser.get(reverse("dashboard")).content.decode()
    assert switch in browser.get(reverse("dashboard")).content.decode()

    browser.post(switch, {"organization": second.organization_id})

    assert "Zebra 3PL" in browser.get(reverse("dashboard")).content.decode()
    assert browser.get(reverse("people:people")).status_code == 403


def test_nobody_switches_to_where_they_do_not_belong(owner: Membership, log_in: LogIn) -> None:
    stranger = MembershipFactory(organization__name="Elsewhere")
    browser, switch = log_in(owner), reverse("people:organizations")

    answers = [browser.post(switch, {"organization": each}) for each in (stranger.organization_id, 999_999, "x", "")]

    assert {answer.status_code for answer in answers} == {404}
    assert switch not in browser.get(reverse("dashboard")).content.decode()
