"""A copy of a database sends nothing until somebody says so; what moved for good is let go on by one command."""

import io
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError
from django.utils.module_loading import autodiscover_modules

from carts import connections
from core.alerts.mail import outbox
from core.alerts.models import Mail
from core.common.bell import Bell
from core.upkeep import installation
from core.upkeep.installation import Paused
from core.upkeep.models import Installation
from integration_manager.celery import app
from tests.factories import OrganizationFactory
from tests.mail_sink import Sink, mail_sink
from tests.world import World

__all__ = ["mail_sink"]

pytestmark = pytest.mark.django_db(transaction=True)


def owe_mail(world: World) -> Mail:
    return outbox.owe(
        organization_id=world.organization.pk,
        to="maria@northwind.example",
        subject="Something",
        text="Something.",
        cause="alerts",
        now=world.now,
    )


def restore_elsewhere() -> None:
    """What a dump brings along is the row; where it stands now is another database."""
    installation.get()
    Installation.objects.update(database="postgresql of the office:16384:16999")


def as_a_worker_does(name: str, **ids: Any) -> None:
    autodiscover_modules("tasks")
    app.tasks[name].apply(kwargs=ids, throw=True)


def test_the_first_start_is_no_copy(world: World) -> None:
    assert installation.why_paused() == ""


def test_a_restored_copy_sends_nothing_until_told(world: World, mail_sink: Sink, settings: Any) -> None:
    world.ship(world.at_warehouse())
    mail = owe_mail(world)
    restore_elsewhere()
    asked: list[httpx.Request] = []
    there = settings.MARKETPLACES["amazon"]

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(500)

    settings.MARKETPLACES = {"amazon": {**there, "transport": httpx.MockTransport(answer)}}

    for sweep in settings.SWEEPS:
        as_a_worker_does(sweep)
    for run in (Bell.CONFIRM_PACKAGES, Bell.IMPORT_ORDERS, Bell.CANCEL_ORDERS):
        as_a_worker_does(run, grant_id=world.cart.grant_id)
    outbox.send_due(now=world.now)

    mail.refresh_from_db()
    assert asked == []
    assert mail_sink.envelopes == []
    assert mail.attempts == 0

    settings.MARKETPLACES = {"amazon": there}
    call_command("resume", "--yes", stdout=io.StringIO())
    world.later(minutes=6)
    outbox.send_due(now=world.now)
    world.confirm()

    assert len(mail_sink.envelopes) == 1
    assert len(world.told()) == 1


def test_nobody_speaks_to_a_marketplace_from_a_copy(world: World) -> None:
    restore_elsewhere()
    assert world.cart.grant is not None

    with pytest.raises(Paused, match="copy of another portal"), connections.marketplace(world.cart.grant):
        pytest.fail("spoke")


@pytest.mark.parametrize(
    ("there", "here", "paused"),
    [
        ("https://portal.northwind-3pl.com", "https://test.northwind-3pl.com", True),
        ("https://portal.northwind-3pl.com", "http://127.0.0.1:8000", True),
        ("https://portal.northwind-3pl.com", "https://portal.northwind-3pl.com", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8080", False),
        ("http://127.0.0.1:8000", "https://portal.northwind-3pl.com", False),
    ],
)
def test_another_address_is_another_portal(settings: Any, there: str, here: str, paused: bool) -> None:
    """A snapshot of a disk brings the whole database along: only its address tells that it is a copy."""
    settings.PUBLIC_URL = there
    installation.get()
    settings.PUBLIC_URL = here

    assert bool(installation.why_paused()) is paused


def test_a_copy_of_the_file_is_another_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = tmp_path / "portal.sqlite3"
    with closing(sqlite3.connect(original)) as made:
        made.execute("CREATE TABLE a (b)")
    restored = tmp_path / "restored" / "portal.sqlite3"
    restored.parent.mkdir()
    shutil.copy(original, restored)

    def identity(file: Path) -> str:
        there = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": str(file)})
        monkeypatch.setattr(installation, "connection", there)
        return installation.identity()

    before = identity(original)
    assert identity(restored) != before
    assert identity(original) == before
    original.rename(tmp_path / "away")
    shutil.copy(restored, original)  # put back where it was
    assert identity(original) != before


def test_the_pages_say_that_it_is_paused(world: World, client: Any) -> None:
    client.force_login(world.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "The portal is paused" not in client.get("/alerts/").content.decode()

    restore_elsewhere()
    installation.why_paused()

    assert "The portal is paused: nothing is sent." in client.get("/alerts/").content.decode()
    assert "manage.py resume" in client.get("/alerts/").content.decode()
    assert "paused" not in type(client)().get("/account/login/").content.decode()  # strangers are told nothing


def test_resume_says_first_what_is_owed_and_asks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owe_mail(world)
    restore_elsewhere()
    monkeypatch.setattr("builtins.input", lambda _: "no")
    said = io.StringIO()

    with pytest.raises(CommandError, match="Still paused"):
        call_command("resume", stdout=said)

    assert "1 mails, the oldest due since" in said.getvalue()
    assert installation.why_paused()
    call_command("resume", "--dry-run", stdout=said)
    assert installation.why_paused()


def test_what_is_paused_by_hand_goes_on_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    OrganizationFactory()
    call_command("pause", "--because", "We move to another host.")
    assert installation.why_paused() == "We move to another host."
    call_command("pause")
    assert "paused already" in capsys.readouterr().out

    call_command("resume", "--yes")
    assert installation.why_paused() == ""
    call_command("resume", "--yes")
    assert "is not paused" in capsys.readouterr().out


def test_what_the_environment_pauses_only_the_environment_lets_go_on(settings: Any) -> None:
    settings.PAUSED = True

    assert installation.why_paused()
    with pytest.raises(CommandError, match="PAUSED is set"):
        call_command("resume", "--yes")


def test_a_paused_portal_is_not_taken_for_a_dead_one(settings: Any) -> None:
    installation.pause("Somebody said so.")

    as_a_worker_does(Bell.MAIL_DUE)

    assert "alerts.tasks.mail_due" in settings.SWEEPS


@pytest.fixture
def server_answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | Exception], None]:
    """What PostgreSQL says when it is asked for the number of its cluster."""

    def asked(sql: str, *_: str) -> str:
        if "pg_control_system" not in sql:
            return "16384:17858"
        if isinstance(answer[0], Exception):
            raise answer[0]
        return answer[0]

    def say(what: str | Exception) -> None:
        answer[:] = [what]

    answer: list[str | Exception] = ["771340556"]
    monkeypatch.setattr(installation, "connection", SimpleNamespace(vendor="postgresql"))
    monkeypatch.setattr(installation, "_asked", asked)
    return say


def test_a_connection_that_ends_while_it_looks_makes_no_copy(server_answers: Callable[[str | Exception], None]) -> None:
    installation.get()
    server_answers(OperationalError("server closed the connection unexpectedly"))

    with pytest.raises(OperationalError):
        installation.why_paused()

    server_answers("771340556")
    assert installation.said_paused() == ""
    assert installation.why_paused() == ""


def test_a_server_that_does_not_tell_its_number_is_known_by_the_rest(
    server_answers: Callable[[str | Exception], None],
) -> None:
    server_answers(ProgrammingError("permission denied for function pg_control_system"))
    installation.get()

    assert installation.identity() == ":16384:17858"
    assert installation.why_paused() == ""
