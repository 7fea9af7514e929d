"""Nothing that opens the portal stands in a log, whoever writes it."""

import io
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config

from carts.models import Cart, SetupLink
from carts.setup_links import sent_links
from core.accounts import tasks as accounts_tasks
from core.accounts.models import Invitation, Organization, User
from core.alerts import tasks as alerts_tasks
from core.alerts.models import Topic
from core.alerts.raised import raise_alert
from core.common import clock, log_filter
from integration_manager import celery
from integration_manager import logs as portal_logs
from integration_manager.gunicorn_log import HidingLogger
from tests.carts.conftest import AtAmazon, Consent, at_amazon, cart, consent, merchant
from tests.factories import PASSWORD, make_person
from tests.organization import acme
from tests.subscribers import make_subscription
from tests.world import simulator

pytestmark = pytest.mark.one_database
__all__ = ["acme", "at_amazon", "cart", "consent", "merchant", "simulator"]  # fixtures
ROOT = Path(__file__).resolve().parent.parent
GOOD = "Correct horse, 9 staples"
SECRET = "x9" * 21 + "-"


class Logs:
    """What the portal and gunicorn write, in production's words and at its most talkative."""

    def __init__(self) -> None:
        self.ours, self.gunicorns = io.StringIO(), io.StringIO()
        self.handler = logging.StreamHandler(self.ours)
        formatter = dict(portal_logs.settings(json=True, level="DEBUG")["formatters"]["line"])
        self.handler.setFormatter(formatter.pop("()")(**formatter))
        config = Config()
        config.set("accesslog", "-")
        self.gunicorn = HidingLogger(config)
        for log in (self.gunicorn.access_log, self.gunicorn.error_log):
            for handler in log.handlers:
                handler.setStream(self.gunicorns)

    @property
    def text(self) -> str:
        return self.ours.getvalue() + self.gunicorns.getvalue()


class Browser(Client):
    """Says where it comes from, as browsers do; and gunicorn answers it."""

    def __init__(self, logs: Logs, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.logs, self.at = logs, ""

    def request(self, **request: Any) -> Any:
        if self.at:
            request.setdefault("HTTP_REFERER", self.at)
        answer = super().request(**request)
        environ = dict(answer.wsgi_request.environ)
        asked = quote(environ["PATH_INFO"]) + (f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else "")
        environ["RAW_URI"] = asked
        response = SimpleNamespace(status=str(answer.status_code), sent=1, headers=answer.items())
        self.logs.gunicorn.access(response, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
        self.logs.gunicorn.error("Error handling request %s", asked)
        self.at = f"https://portal.example.com{asked}"
        return answer


@pytest.fixture
def logs() -> Iterator[Logs]:
    logs, root, level = Logs(), logging.getLogger(), logging.getLogger().level
    root.addHandler(logs.handler)
    root.setLevel(logging.DEBUG)
    yield logs
    root.removeHandler(logs.handler)
    root.setLevel(level)


def link_in(text: str, start: str) -> str:
    found = re.search(rf"{re.escape(start)}[^/\s]+/", text)
    assert found, text
    return found.group()


def secret_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def visit(browser: Browser, path: str) -> str:
    """Open a link and what its page loads, send it on, open it twisted; and return its secret."""
    browser.get(path, follow=True)
    browser.get("/static/house.css")
    browser.post(path)
    browser.get(f"{path}x")
    browser.get(path[:-3])
    browser.get(reverse("account_login"), {"next": path})
    return secret_of(path)


# -- A run that uses everything ----------------------------------------------------------------------------------------
def use_mailed_links(
    logs: Logs, cart: Cart, organization: Organization, owner: User, mailoutbox: list[Any]
) -> list[str]:
    boss, now = Browser(logs), clock.now()
    boss.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    boss.post(reverse("people:invite"), {"email": "nina@northwind.example", "role": "staff"})
    make_subscription(cart, [Topic.ATTENTION])
    raise_alert("cart.checks", cart, "Wrong.", now=now)
    boss.post(reverse("account_email"), {"email": "olivia@elsewhere.example", "action_add": ""})
    Browser(logs).post(reverse("account_reset_password"), {"email": owner.email})
    accounts_tasks.reset_due()
    setup = sent_links.send(cart, "jo@bluemug.example", by=None, now=now)
    alerts_tasks.mail_due()
    mails = "\n".join(mail.body for mail in mailoutbox)
    paths = [
        Invitation.objects.get().path,
        setup.path,
        link_in(mails, "/alerts/stop/"),
        link_in(mails, "/account/password/reset/key/"),
        link_in(mails, "/account/confirm-email/"),
    ]
    return [visit(Browser(logs), path) for path in paths] + [visit(boss, path) for path in paths]


def use_consent(logs: Logs, cart: Cart, owner: User, consent: Consent, at_amazon: AtAmazon) -> list[str]:
    """From a cart's page, from a setup link, and beginning at Amazon."""
    boss, seller = Browser(logs), Browser(logs)
    boss.force_login(owner)
    link: SetupLink = sent_links.send(cart, "jo@bluemug.example", by=None, now=clock.now())
    back = [consent(boss, cart), at_amazon(seller.post(f"{link.path}grant/")["location"])]
    boss.get(back[0], follow=True)
    seller.get(back[1], follow=True)
    boss.get(back[0])  # once more
    begun = "https://sellercentral.amazon.com/apps/authorize/confirm/x"
    asked = {"amazon_callback_uri": begun, "amazon_state": f"amazon{SECRET}", "selling_partner_id": "A1BLUEMUGCO01"}
    sent = boss.get("/carts/amazon/login/", asked)
    addresses = [*back, sent.get("location", "")]
    said = [
        value for each in addresses for key, value in parse_qsl(urlsplit(each).query) if key != "selling_partner_id"
    ]
    return [*said, f"amazon{SECRET}", secret_of(link.path)]


def test_no_link_that_opens_the_portal_and_no_code_stands_in_a_log(
    logs: Logs, cart: Cart, acme: Organization, consent: Consent, at_amazon: AtAmazon, mailoutbox: list[Any]
) -> None:
    owner = make_person(acme)

    secrets = use_mailed_links(logs, cart, acme, owner, mailoutbox)
    secrets += use_consent(logs, cart, owner, consent, at_amazon)

    assert len(set(secrets)) >= 10
    long = [secret for secret in secrets if len(secret) > 8]
    assert [secret for secret in long if secret in logs.text or quote(secret, safe="") in logs.text] == []
    assert "nina@northwind.example" not in logs.text
    for door in ("/people/invitations/…", "/setup/…", "/alerts/stop/…", "/password/reset/key/…", "spapi_oauth_code=…"):
        assert door in logs.gunicorns.getvalue()
    assert "Not Found: /people/invitations/…" in logs.ours.getvalue()  # Django's own


# -- Each writer -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "line",
    [
        f"GET /setup/{SECRET}/ HTTP/1.1",
        f"GET /setup/{SECRET[:-4]} HTTP/1.1",
        f"GET /setup/{SECRET}abc/ HTTP/1.1",
        f"GET /setup/%78{SECRET[1:]}/ HTTP/1.1",
        f'"https://portal.example.com/account/login/?next=/people/invitations/{SECRET}/"',
        f"GET /account/login/?next=%2Fsetup%2F{SECRET}%2F HTTP/1.1",
        f"/account/login//setup%252F{SECRET}%252F",
        f"GET /carts/amazon/returned/?state=s&spapi_oauth_code={SECRET} HTTP/1.1",
        f"ValueError: {SECRET}",
        f"GET /account/password/reset/key/3-c5x0pr-{'5e4f' * 8}/",
    ],
)
def test_a_secret_is_hidden_however_it_is_written(line: str) -> None:
    shown = log_filter.hidden(line)

    assert SECRET[2:-4] not in shown
    assert "5e4f" not in shown
    assert "…" in shown


@pytest.mark.parametrize(
    "line",
    ["GET /orders/41/ HTTP/1.1", "/static/vendor/bootstrap.min.css", "mail.sent id=17 organization=3", "50 = 50"],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert log_filter.hidden(line) == line


def test_what_people_search_for_is_not_kept() -> None:
    assert log_filter.hidden("GET /orders/?q=Ada+Lovelace&tab=all HTTP/1.1") == "GET /orders/?q=…&tab=… HTTP/1.1"


def test_a_long_line_takes_no_longer_than_its_length() -> None:
    began = clock.now()
    log_filter.hidden("/" + "?a" * 100_000 + "a" * 100_000 + "&" * 100_000)

    assert clock.now() - began < timedelta(seconds=1)


def test_a_traceback_hides_what_it_quotes(logs: Logs) -> None:
    try:
        raise ValueError(f"no such link: /setup/{SECRET}/")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", f"/setup/{SECRET}/")

    assert "ValueError" in logs.text
    assert SECRET not in logs.text


@pytest.mark.parametrize("name", ["django", "django.request", "django.server", "waitress", "celery", "celery.worker"])
def test_nobody_writes_past_our_handler(name: str) -> None:
    log: logging.Logger | None = logging.getLogger(name)
    while log is not None and log is not logging.getLogger():
        assert [each for each in log.handlers if not isinstance(each, logging.NullHandler)] == []
        assert log.propagate
        log = log.parent


def test_celery_adds_no_handlers_of_its_own() -> None:
    names = ("", "celery", "celery.task", "celery.redirected")
    before = [list(logging.getLogger(name).handlers) for name in names]

    celery.app.log.setup(logging.INFO, redirect_stdouts=True)

    assert [logging.getLogger(name).handlers for name in names] == before
    assert logging.getLogger("celery.task").propagate


@pytest.mark.parametrize("more", [[], ["--access-logfile", "-"]])
def test_gunicorn_hides_them_wherever_it_is_started(more: list[str]) -> None:
    """Its settings lie where it looks by itself, so no command has to name them."""
    command = [sys.executable, "-m", "gunicorn", "--print-config", *more, "integration_manager.wsgi:application"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    said = done.stdout + done.stderr
    assert re.search(r"^logger_class\s+=.*HidingLogger", said, re.MULTILINE), said
