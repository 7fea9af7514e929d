"""Inviting people, and accepting: every link works once, and those that do not look all the same."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Invitation, Membership, Merchant, Organization, User
from core.activity.models import Event
from core.alerts.mail import outbox
from core.alerts.models import Mail
from core.common import clock
from core.people.invitations import join
from tests.core.people.conftest import GOOD, LogIn
from tests.factories import TOO_LONG, MembershipFactory, MerchantFactory, UserFactory

pytestmark = pytest.mark.one_database

NINA = "nina@northwind.example"
FORM = {"name": "Nina New", "password": GOOD}


def invite(client: Client, email: str = NINA, role: str = "staff", **more: Any) -> Any:
    return client.post(reverse("people:invite"), {"email": email, "role": role, **more})


def path_of(invitation: Invitation | None = None) -> str:
    return (invitation or Invitation.objects.get(email=NINA, revoked_at=None)).path


@pytest.fixture
def invited(owner: Membership, log_in: LogIn) -> str:
    """The address of the link that Nina got."""
    invite(log_in(owner))
    return path_of()


def test_from_a_merchants_page_its_seller_is_invited_and_nobody_with_more_rights(
    owner: Membership, log_in: LogIn
) -> None:
    merchant, foreign = MerchantFactory(organization=owner.organization), MerchantFactory()
    asked = [log_in(owner).get(reverse("people:invite"), {"merchant": each.pk}) for each in (merchant, foreign)]

    assert [page.context["form"].initial for page in asked] == [
        {"role": Role.SELLER, "merchant": merchant},
        {"role": Role.STAFF, "merchant": None},
    ]


def test_an_invited_person_makes_an_account_and_works_at_once(
    invited: str, owner: Membership, mailoutbox: list[Any], client: Client
) -> None:
    outbox.send_due(now=clock.now())
    (mail,) = mailoutbox
    assert mail.to == [NINA]
    assert "Olivia Owner has invited you to Northwind 3PL's Integration Manager, as staff." in mail.body
    assert invited in mail.body

    page = client.get(invited).content.decode()
    assert NINA in page
    answer = client.post(invited, FORM, follow=True)

    assert answer.status_code == 200
    assert "You now belong to Northwind 3PL." in answer.content.decode()
    made = Membership.objects.get(user__email=NINA)
    assert (made.role, made.organization, made.user.name) == (Role.STAFF, owner.organization, "Nina New")
    assert made.user.check_password(GOOD)
    kinds = set(Event.objects.filter(organization=owner.organization).values_list("kind", flat=True))
    assert kinds == {"person.invited", "person.joined"}
    assert NINA not in str(list(Event.objects.values_list("details", flat=True)))


def test_the_link_stands_in_no_row(invited: str) -> None:
    token = invited.rstrip("/").rpartition("/")[2]

    rows = [*Invitation.objects.values(), *Mail.objects.values()]

    assert len(token) > 40
    assert token not in str(rows)


def test_twenty_looks_leave_the_link_as_it_is(invited: str, client: Client) -> None:
    before = Invitation.objects.values().get()

    pages = [client.get(invited).status_code for _ in range(20)] + [client.head(invited).status_code]

    assert set(pages) == {200}
    assert Invitation.objects.values().get() == before
    assert client.post(invited, FORM).status_code == 302


def test_links_that_do_not_work_look_all_the_same(owner: Membership, log_in: LogIn, client: Client) -> None:
    browser = log_in(owner)
    paths = {"invented": "/people/invitations/" + "x" * 43 + "/"}
    for name in ("used", "revoked", "expired", "replaced"):
        invite(browser, email=f"{name}@northwind.example")
        paths[name] = path_of(Invitation.objects.get(email=f"{name}@northwind.example"))
    Client().post(paths["used"], FORM)
    revoked = Invitation.objects.get(email="revoked@northwind.example")
    browser.post(reverse("people:revoke", args=[revoked.pk]))
    Invitation.objects.filter(email="expired@northwind.example").update(expires_at=clock.now())
    invite(browser, email="replaced@northwind.example")

    answers = [
        asked for path in paths.values() for who in (client, browser) for asked in (who.get(path), who.post(path, FORM))
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert User.objects.filter(email__startswith="e").count() == 0


def test_a_newer_invitation_ends_the_older_one_and_its_mail(invited: str, owner: Membership, log_in: LogIn) -> None:
    first = Invitation.objects.get()

    log_in(owner).post(reverse("people:again", args=[first.pk]))

    assert list(Mail.objects.order_by("pk").values_list("state", flat=True)) == ["dropped", "due"]
    assert Client().get(invited).status_code == 404
    assert Client().get(path_of()).status_code == 200


def test_a_link_works_for_seven_days(invited: str, client: Client) -> None:
    sent = Invitation.objects.get().created_at

    with time_machine.travel(sent + timedelta(days=6, hours=23), tick=False):
        assert client.get(invited).status_code == 200
    with time_machine.travel(sent + timedelta(days=7), tick=False):
        assert client.get(invited).status_code == 404


def test_accepting_twice_joins_once(invited: str) -> None:
    found = Invitation.objects.get()
    join.accept_with_account(found, name="Nina", password=GOOD, now=clock.now())
    other = MembershipFactory(organization__name="Elsewhere").user

    with pytest.raises(join.InvitationEnded):
        join.accept(found, other, now=clock.now())

    assert Membership.objects.filter(organization=found.organization_id).count() == 2
    assert not Membership.objects.filter(organization=found.organization_id, user=other).exists()


def test_an_account_that_was_made_meanwhile_is_not_made_again(invited: str) -> None:
    found = Invitation.objects.get()
    UserFactory(email=NINA)

    with pytest.raises(join.AddressTaken) as taken:
        join.accept_with_account(found, name="Nina", password=GOOD, now=clock.now())

    assert isinstance(taken.value.__cause__, IntegrityError)
    found.refresh_from_db()
    assert found.used_at is None


def test_who_has_an_account_logs_in_first_then_accepts(invited: str, client: Client) -> None:
    user = UserFactory(email=NINA)
    page = client.get(invited).content.decode()
    assert f"{reverse('account_login')}?next=" in page
    assert 'name="password"' not in page
    client.post(invited, FORM)
    assert not Membership.objects.filter(user=user).exists()

    client.force_login(user)
    assert "Accept" in client.get(invited).content.decode()
    client.post(invited)

    assert Membership.objects.get(user=user).role == Role.STAFF


def test_somebody_else_cannot_accept(invited: str, staff: Membership, log_in: LogIn) -> None:
    browser = log_in(staff)

    page = browser.post(invited).content.decode()

    assert f"You are logged in as {staff.user.email}" in page
    assert Invitation.objects.get().used_at is None


def test_a_member_is_told_so(owner: Membership, staff: Membership, log_in: LogIn) -> None:
    answer = invite(log_in(owner), email=staff.user.email.upper())

    assert answer.status_code == 422
    assert "already belongs to Northwind 3PL" in answer.content.decode()

    invite(log_in(owner))
    path = path_of()
    joined = MembershipFactory(organization=owner.organization, user__email=NINA, role=Role.VIEWER)
    browser = log_in(joined)
    assert "You already belong to Northwind 3PL" in browser.get(path).content.decode()
    browser.post(path)
    joined.refresh_from_db()
    assert joined.role == Role.VIEWER


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Short, 9", "Use at least 12 characters."),
        ("correct horse battery", "Use a lowercase letter"),
        ("I am Nina New, 9 staples", "Leave your name"),
        ("My northwind nina, 9", "Leave your name"),
    ],
)
def test_a_password_must_keep_the_rules(invited: str, client: Client, password: str, said: str) -> None:
    answer = client.post(invited, {"name": "Nina New", "password": password})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.filter(email=NINA).exists()


def test_what_was_left_empty_is_named(owner: Membership, invited: str, log_in: LogIn, client: Client) -> None:
    nobody = invite(log_in(owner), email="").content.decode()
    nothing = client.post(invited, {"name": "", "password": ""}).content.decode()

    assert "Enter the email address the invitation goes to." in nobody
    assert "Enter your name." in nothing
    assert "Choose a password." in nothing


def test_a_seller_is_invited_for_one_merchant(owner: Membership, merchant: Merchant, log_in: LogIn) -> None:
    browser = log_in(owner)

    assert "Choose the merchant" in invite(browser, role="seller").content.decode()
    assert "Only a seller" in invite(browser, role="staff", merchant=merchant.pk).content.decode()
    assert invite(browser, role="seller", merchant=merchant.pk).status_code == 302

    Client().post(path_of(), FORM)
    made = Membership.objects.get(user__email=NINA)
    assert (made.role, made.merchant) == (Role.SELLER, merchant)


def test_another_organizations_merchant_cannot_be_chosen(owner: Membership, log_in: LogIn) -> None:
    theirs = MembershipFactory(role=Role.SELLER, merchant=merchant_of_others()).merchant

    assert theirs
    assert invite(log_in(owner), role="seller", merchant=theirs.pk).status_code == 422


def merchant_of_others() -> Merchant:
    elsewhere = Organization.objects.create(name="Elsewhere")
    return Merchant.objects.create(organization=elsewhere, name="Red Pot")


def test_an_admin_has_no_say_over_owners(owner: Membership, admin: Membership, log_in: LogIn) -> None:
    invite(log_in(owner), role="owner")
    sent, browser = Invitation.objects.get(), log_in(admin)

    answers = [
        invite(browser, email="x@northwind.example", role="owner"),
        invite(browser, role="staff"),
        browser.post(reverse("people:revoke", args=[sent.pk])),
        browser.post(reverse("people:again", args=[sent.pk])),
        browser.post(reverse("people:link", args=[sent.pk])),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 302, 302, 302]
    assert Invitation.objects.get().revoked_at is None


def test_the_link_can_be_copied_and_is_not_kept(invited: str, owner: Membership, log_in: LogIn) -> None:
    browser, found = log_in(owner), Invitation.objects.get()

    answer = browser.post(reverse("people:link", args=[found.pk]))

    assert invited in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert invited not in browser.get(reverse("people:people")).content.decode()


def test_whoever_opens_too_many_links_waits(db: None, client: Client) -> None:
    path = "/people/invitations/" + "x" * 43 + "/"

    codes = [client.get(path).status_code for _ in range(121)]

    assert codes[:120] == [404] * 120
    assert codes[120] == 429


def test_a_name_cannot_pretend_to_be_a_link(owner: Membership, log_in: LogIn, mailoutbox: list[Any]) -> None:
    User.objects.filter(pk=owner.user_id).update(name="{link} {0}")

    invite(log_in(owner))
    outbox.send_due(now=clock.now())

    assert mailoutbox[0].body.count("/people/invitations/") == 1


def test_an_address_that_no_row_can_hold_is_refused(owner: Membership, log_in: LogIn) -> None:
    assert invite(log_in(owner), TOO_LONG).status_code == 422
    assert not Invitation.objects.exists()


# -- Links that were copied ------------------------------------------------------------------------------------------
def copied(browser: Client) -> None:
    browser.post(reverse("people:link", args=[Invitation.objects.get(email=NINA, revoked_at=None).pk]))


def is_confirmed() -> bool:
    return EmailAddress.objects.get(user__email=NINA).verified


def test_the_link_that_was_mailed_proves_the_address(invited: str, client: Client) -> None:
    client.post(invited, FORM)

    assert is_confirmed()


def test_a_link_that_was_copied_proves_no_address_and_a_mail_does(
    invited: str, owner: Membership, log_in: LogIn, client: Client, mailoutbox: list[Any]
) -> None:
    copied(log_in(owner))

    page = client.post(invited, FORM, follow=True).content.decode()

    assert Membership.objects.filter(user__email=NINA).exists()
    assert not is_confirmed()
    assert f"We have emailed a link to {NINA}" in page
    assert "Address not confirmed" in log_in(owner).get(reverse("people:people")).content.decode()
    assert "This address is not confirmed yet" in client.get(reverse("account_email")).content.decode()

    Client().post(reverse("account_login"), {"login": NINA, "password": GOOD})
    assert not is_confirmed()  # a password proves nothing either

    (mail,) = (each for each in mailoutbox if each.to == [NINA])
    found = re.search(r"http://[^/]+(/account/confirm-email/\S+)", mail.body)
    assert found
    Client().post(found[1])
    assert is_confirmed()
    assert "Address not confirmed" not in log_in(owner).get(reverse("people:people")).content.decode()


def test_a_mail_server_that_is_away_keeps_nobody_with_a_copied_link_out(
    invited: str, owner: Membership, log_in: LogIn, client: Client, settings: Any
) -> None:
    copied(log_in(owner))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    page = client.post(invited, FORM, follow=True)

    assert page.status_code == 200
    assert "You now belong to Northwind 3PL." in page.content.decode()
    assert not is_confirmed()


def test_a_mailed_link_proves_an_address_that_was_not(
    invited: str, owner: Membership, log_in: LogIn, client: Client
) -> None:
    copied(log_in(owner))
    client.post(invited, FORM)
    second = MembershipFactory(organization__name="Zebra 3PL")
    invite(log_in(second))

    client.post(path_of(Invitation.objects.get(organization=second.organization)))

    assert is_confirmed()


def test_a_new_invitation_after_a_copied_one_proves_the_address(
    invited: str, owner: Membership, log_in: LogIn, client: Client
) -> None:
    browser = log_in(owner)
    copied(browser)
    browser.post(reverse("people:again", args=[Invitation.objects.get(revoked_at=None).pk]))

    client.post(path_of(), FORM)

    assert is_confirmed()
