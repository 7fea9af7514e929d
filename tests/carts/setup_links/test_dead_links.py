"""Setup links that cannot be used: what nobody learns from them, how another is asked for, and how often."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import structlog
import time_machine
from django.core import mail as outbox
from django.test import Client

from carts import lifecycle
from carts import tasks as carts_tasks
from carts.models import Cart, Grant, LinkRequest, SetupLink
from carts.setup_links import sent_links
from core.accounts import rate_limits
from core.alerts.mail import outbox as mail_outbox
from core.alerts.models import Alert, Mail
from core.common import clock
from tests.carts.conftest import EMAIL, path, share
from tests.factories import CartFactory, GrantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still", "simulator"), pytest.mark.one_database]


# -- Links that cannot be used -----------------------------------------------------------------------------------------
@pytest.fixture
def dead(cart: Cart, still: time_machine.Traveller) -> dict[str, str]:
    """The address of a link of each kind that cannot be used."""
    links: dict[str, SetupLink] = {}
    for name in ("expired", "revoked", "disconnected", "archived", "used and archived"):
        of = CartFactory(merchant=cart.merchant, grant=None)
        links[name] = sent_links.send(of, EMAIL, by=None, now=clock.now())
        if name == "disconnected":
            assert lifecycle.disconnect(of, by=None, now=clock.now())
        elif name.endswith("archived"):
            Cart.objects.filter(pk=of.pk).update(state=Cart.State.ARCHIVED)
    still.shift(timedelta(minutes=1))
    SetupLink.objects.filter(pk=links["used and archived"].pk).update(used_at=clock.now())
    SetupLink.objects.filter(pk=links["revoked"].pk).update(revoked_at=clock.now())
    SetupLink.objects.filter(pk=links["expired"].pk).update(expires_at=clock.now())
    return {name: path(link) for name, link in links.items()} | {
        "invented": "/setup/" + "x" * 43 + "/",
        "short": "/setup/x/",
        "null": "/setup/%00/",
    }


@pytest.fixture
def used(cart: Cart, link: SetupLink) -> SetupLink:
    """A link that did its work: the cart has the authorization it brought."""
    SetupLink.objects.update(used_at=clock.now())
    Cart.objects.filter(pk=cart.pk).update(grant=GrantFactory(merchant=cart.merchant))
    return link


@pytest.mark.parametrize("end", ["", "grant/"])
def test_who_opens_a_used_link_again_reads_that_they_are_connected(seller: Client, used: SetupLink, end: str) -> None:
    for method in (seller.get, seller.post):
        answer = method(path(used) + end)
        page = answer.content.decode()

        assert answer.status_code == 200
        assert "You are connected already" in page
        assert "There is nothing left to do" in page
        assert answer["Referrer-Policy"] == "no-referrer"
        for name in (used.cart.merchant.name, used.organization.name, used.email, used.cart.name):
            assert name not in page


def test_who_opens_a_used_link_whose_authorization_ended_can_ask_for_another(seller: Client, used: SetupLink) -> None:
    Grant.objects.update(state=Grant.State.ENDED)

    page = seller.get(path(used)).content.decode()

    assert "the authorization it brought has ended since" in page
    assert "/setup/new/" in page


def test_who_asks_for_a_link_once_more_though_connected_is_told_so_and_nobody_is_alarmed(used: SetupLink) -> None:
    Mail.objects.all().delete()

    ask()

    mail = Mail.objects.get()
    assert mail.to == EMAIL
    assert "is connected to Amazon.com already" in mail.subject
    assert not Alert.objects.exists()
    assert SetupLink.objects.count() == 1


def test_once_the_authorization_ended_asking_is_the_staffs_again(used: SetupLink) -> None:
    Grant.objects.update(state=Grant.State.ENDED)

    ask()

    assert Alert.objects.get().cause == "setup_link.asked"


def test_every_dead_link_looks_the_same_byte_for_byte(seller: Client, owner: Client, dead: dict[str, str]) -> None:
    def seen(browser: Client, method: str, address: str) -> Any:
        answer = getattr(browser, method)(address)
        return answer.status_code, answer.content, sorted(answer.headers.items()), dict(answer.cookies)

    answers = [
        seen(browser, method, address + end)
        for browser in (seller, owner)
        for address in dead.values()
        for method in ("get", "post")
        for end in ("", "grant/")
    ]

    assert len(answers) == 2 * 8 * 2 * 2
    assert all(answer == answers[0] for answer in answers)
    assert b"/setup/new/" in answers[0][1]
    assert b"csrf" not in answers[0][1]


def test_the_last_page_is_not_there_for_who_did_nothing(seller: Client) -> None:
    assert seller.get("/setup/done/").status_code == 404


def test_a_link_is_not_written_to_the_log(seller: Client, caplog: pytest.LogCaptureFixture) -> None:
    seller.get("/setup/" + "x" * 43 + "/")

    written = [handler.formatter for handler in logging.getLogger().handlers]
    formatter = next(each for each in written if isinstance(each, structlog.stdlib.ProcessorFormatter))
    told = "".join(formatter.format(record) for record in caplog.records)
    assert "Not Found: /setup/…/" in told
    assert "xxxx" not in told


# -- Asking for another ------------------------------------------------------------------------------------------------
def ask(email: str = EMAIL) -> tuple[int, bytes]:
    browser = Client()
    answer = browser.post("/setup/new/", {"email": email}, follow=True)
    carts_tasks.link_due()
    assert answer.redirect_chain == [("/setup/asked/", 302)]
    return answer.status_code, answer.content


def test_whoever_asks_reads_the_same(cart: Cart, link: SetupLink) -> None:
    assert ask() == ask("nobody@elsewhere.example")


def test_whoever_asks_waits_for_the_same_work(cart: Cart, link: SetupLink, django_assert_num_queries: Any) -> None:
    """A worker looks for the address: no time tells whether a link ever went there."""
    for email in (EMAIL, "nobody@elsewhere.example"):
        with django_assert_num_queries(3) as queries:  # a transaction and one row
            Client().post("/setup/new/", {"email": email})
        assert not [each["sql"] for each in queries.captured_queries if "carts_setuplink" in each["sql"]]

    carts_tasks.link_due()
    assert Mail.objects.filter(to=EMAIL).count() == 2
    assert not LinkRequest.objects.exists()


def test_who_came_too_late_gets_a_fresh_link_by_mail(
    cart: Cart, link: SetupLink, still: time_machine.Traveller, seller: Client
) -> None:
    mail_outbox.send_due(now=clock.now())
    still.shift(timedelta(days=8))

    ask("JO@bluemug.example")
    mail_outbox.send_due(now=clock.now())

    fresh = SetupLink.objects.latest("pk")
    assert fresh.url in outbox.outbox[-1].body
    assert outbox.outbox[-1].to == [EMAIL]
    assert seller.get(path(fresh)).status_code == 200
    assert not Alert.objects.exists()


def test_who_lost_the_mail_gets_the_same_link_again(cart: Cart, link: SetupLink, seller: Client) -> None:
    """A fresh one would end the link of a seller whose address somebody else typed."""
    mail_outbox.send_due(now=clock.now())

    ask()
    mail_outbox.send_due(now=clock.now())

    assert SetupLink.objects.get() == link
    assert [link.url in message.body for message in outbox.outbox] == [True, True]


@pytest.mark.parametrize("ended", ["used_at", "revoked_at"])
def test_about_a_used_or_revoked_link_the_staff_are_asked(
    owner: Client, cart: Cart, link: SetupLink, ended: str
) -> None:
    SetupLink.objects.update(**{ended: clock.now()})

    ask()

    alert = Alert.objects.get(closed_at=None)
    assert alert.cause == "setup_link.asked"
    assert "asked for a new setup link" in alert.message
    assert EMAIL not in alert.message
    assert SetupLink.objects.count() == 1
    share(owner, cart)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_link_that_now_is_another_persons_is_not_sent_to_the_first(cart: Cart, link: SetupLink) -> None:
    sent_links.send(cart, "new@bluemug.example", by=None, now=clock.now())
    Mail.objects.all().delete()

    ask()

    assert not Mail.objects.filter(to=EMAIL).exists()
    assert Alert.objects.get().cause == "setup_link.asked"


def test_what_is_no_address_is_said_at_the_field() -> None:
    answer = Client().post("/setup/new/", {"email": "jo"})

    assert answer.status_code == 422
    assert "Enter an address like name@shop.com." in answer.content.decode()


def test_the_form_is_guarded_against_forgery(seller: Client) -> None:
    assert seller.post("/setup/new/", {"email": EMAIL}).status_code == 403

    form = seller.get("/setup/new/")
    token = form.cookies["csrftoken"].value
    assert seller.post("/setup/new/", {"email": EMAIL, "csrfmiddlewaretoken": token}).status_code == 302


# -- How often ---------------------------------------------------------------------------------------------------------
def test_an_address_asks_only_so_often(link: SetupLink) -> None:
    answers = [Client().post("/setup/new/", {"email": f"x{n}@y.example"}).status_code for n in range(21)]

    assert answers == [302] * 20 + [429]


def test_for_one_seller_only_so_many_mails_are_owed(link: SetupLink) -> None:
    said = {ask() for _ in range(6)}

    assert len(said) == 1
    assert Mail.objects.filter(to=EMAIL).count() == 1 + 3


def counted(what: str, who: str, times: int) -> None:
    """As if it had been asked for so many times within these ten minutes."""
    for _ in range(times):
        rate_limits.within(what, who, most=times, per=timedelta(minutes=10))


def test_a_link_is_opened_only_so_often_from_everywhere_together(link: SetupLink, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    counted("setup.link", path(link).split("/")[2], 118)

    answers = [Client().get(path(link), headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(3)]

    assert answers == [200, 200, 429]


@pytest.mark.parametrize(
    ("what", "address", "most"),
    [
        ("consent.returned", "/carts/amazon/returned/", 60),
        ("consent.login", "/carts/amazon/login/", 60),
        ("setup.grant", "/setup/x/grant/", 60),
        ("setup.pages", "/setup/x/", 300),
    ],
)
def test_doors_without_a_log_in_are_answered_only_so_often(what: str, address: str, most: int) -> None:
    counted(what, "127.0.0.1", most - 2)

    answers = [Client().get(address) for _ in range(3)]

    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert answers[-1]["Cache-Control"] == "no-store"
