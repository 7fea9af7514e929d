"""One thing after another broken, as each check of the doctor is to find it."""

import os
import smtplib
import ssl
import time
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import httpx
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from core.accounts.models import Membership
from core.alerts.models import Alert, Mail
from core.common import clock
from core.common.errands import ErrandState
from core.row_security import policies, roles
from core.upkeep import heartbeats, installation, known_keys
from core.upkeep.models import Heartbeat
from integration_manager.doctor import aged_lists, broker_state, configuration, database_state, reachability
from integration_manager.doctor.registry import Level
from orders import countries
from tests.doctor.sound import Sound
from tests.factories import OrganizationFactory

ROLE_IS_MIGHTY = database_state.role_is_mighty
OTHER_KEY = ["k9:" + "A" * 43 + "="]
Usage = namedtuple("Usage", "total used free")


def old(**ago: float) -> datetime:
    return heartbeats.now() - timedelta(**ago)


def amazon(it: Sound, **fields: Any) -> None:
    it.settings.MARKETPLACES = {"amazon": {**it.settings.MARKETPLACES["amazon"], **fields}}


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def put_answer(it: Sound, row: tuple[Any, ...]) -> None:
    """What a PostgreSQL of that kind would answer."""

    class Cursor:
        def __enter__(self) -> "Cursor":
            return self

        def __exit__(self, *_: Any) -> None: ...

        def execute(self, *_: Any) -> None: ...

        def fetchone(self) -> tuple[Any, ...]:
            return row

    class Played:
        vendor = "postgresql"
        display_name = "PostgreSQL"
        ensure_connection = staticmethod(lambda: None)
        cursor = staticmethod(Cursor)
        get_database_version = staticmethod(lambda: row)

    it.patch.setattr(database_state, "connection", Played())


def be_mighty(it: Sound) -> None:
    it.patch.setattr(database_state, "role_is_mighty", ROLE_IS_MIGHTY)
    put_answer(it, (True,))


def open_tables(it: Sound) -> None:
    put_answer(it, (True,))
    it.patch.setattr(roles, "are_made", lambda: True)
    it.patch.setattr(policies, "missing", lambda: ["orders_order"])


def go_without_roles(it: Sound) -> None:
    put_answer(it, (True,))
    it.patch.setattr(roles, "are_made", lambda: False)


def search_slowly(it: Sound) -> None:
    put_answer(it, (True,))
    it.patch.setattr(roles, "are_made", lambda: True)
    it.patch.setattr(policies, "missing", list)
    it.patch.setattr(roles, "searches_are_quick", lambda: False)


def late_mail(hours: float) -> None:
    due = clock.now() - timedelta(hours=hours)
    organization = OrganizationFactory()
    fields = {"to": "a@b.example", "subject": "x", "text": "x", "cause": "alerts", "message_id": "<1@x>"}
    Mail.objects.create(organization=organization, created_at=due, due_at=due, **fields)


def write_open_secret(it: Sound) -> None:
    (it.folder / "vault_secret").write_text("x")
    (it.folder / "vault_secret").chmod(0o644)


def open_folder(it: Sound) -> None:
    it.folder.chmod(0o755)


def open_database(it: Sound) -> None:
    (it.folder / "portal.sqlite3").touch(0o640)
    (it.folder / "portal.sqlite3").chmod(0o640)


def age_backup(it: Sound) -> None:
    os.utime(it.folder / "backup", (time.time() - 200_000, time.time() - 200_000))


def stuck_mail() -> None:
    late_mail(1)
    Mail.objects.update(state=ErrandState.STUCK)


def change_keys(it: Sound) -> None:
    known_keys.note()
    it.settings.VAULT_KEYS = OTHER_KEY


def raise_an_alert() -> None:
    now, organization = clock.now(), OrganizationFactory()
    fields = {"cause": "grant.ended", "subject_kind": "grant", "subject_id": 1, "message": "x"}
    Alert.objects.create(organization=organization, opened_at=now, seen_at=now, **fields)


def expire_sessions(it: Sound) -> None:
    it.patch.setattr(database_state, "MANY_SESSIONS", 1)
    for key in ("a", "b"):
        Session.objects.create(session_key=key, session_data="", expire_date=clock.now() - timedelta(days=1))


def hide_folder(it: Sound) -> None:
    it.settings.DATA_DIR = it.folder / "gone"


def lose_static_files(it: Sound) -> None:
    it.settings.STATIC_ROOT = it.folder
    backend = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    it.settings.STORAGES = {**it.settings.STORAGES, "staticfiles": backend}


def hide_a_mail_folder(it: Sound) -> None:
    it.settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    (it.folder / "mail").touch()
    it.settings.EMAIL_FILE_PATH = str(it.folder / "mail")


def debug(it: Sound) -> None:
    it.settings.AMAZON_SIMULATED, it.settings.DEBUG = False, True


def fill_disk(it: Sound, *, free: int) -> None:
    it.patch.setattr(configuration.shutil, "disk_usage", lambda _: Usage(1, 1, free))


def lose_database(it: Sound) -> None:
    it.patch.setattr(connection, "ensure_connection", raising(OperationalError("away")))


def turn_back_the_databases_clock(it: Sound) -> None:
    it.patch.setattr(heartbeats, "now", lambda: clock.now() - timedelta(seconds=70))


def hide_certificate(it: Sound) -> None:
    it.patch.setattr(reachability, "days_left", raising(OSError("away")))


def long_log_ins(it: Sound) -> None:
    it.settings.EMBEDDED, it.settings.SESSION_COOKIE_AGE = False, 1000 * 3600


def forget_a_migration(it: Sound) -> None:
    missing = SimpleNamespace(app_label="upkeep", name="0001_initial")
    it.patch.setattr(database_state.MigrationExecutor, "migration_plan", lambda *_: [(missing, False)])


def know_less_than_the_database(it: Sound) -> None:
    MigrationRecorder(connection).record_applied("orders", "0999_later")


def forget_every_migration(it: Sound) -> None:
    missing = SimpleNamespace(app_label="upkeep", name="0001_initial")
    loader = SimpleNamespace(applied_migrations={}, disk_migrations={}, graph=SimpleNamespace(leaf_nodes=list))
    executor = SimpleNamespace(loader=loader, migration_plan=lambda _: [(missing, False)])
    it.patch.setattr(database_state, "MigrationExecutor", lambda _: executor)


def refuse_log_in(it: Sound) -> None:
    it.settings.EMAIL_HOST_USER, it.settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    it.patch.setattr(smtplib.SMTP, "login", raising(smtplib.SMTPAuthenticationError(535, b"no")))


def send_nowhere(it: Sound) -> None:
    it.settings.EMBEDDED, it.settings.EMAIL_BACKEND = False, "django.core.mail.backends.console.EmailBackend"


def page(it: Sound, status: int | Exception, location: str = "") -> None:
    route = it.amazon.get("https://portal.test/account/login/")
    if isinstance(status, Exception):
        route.mock(side_effect=status)
    else:
        route.respond(status, headers={"location": location} if location else None)


def token(it: Sound, status: int | Exception) -> None:
    route = it.amazon.post(it.settings.MARKETPLACES["amazon"]["lwa_url"])
    if isinstance(status, Exception):
        route.mock(side_effect=status)
    else:
        route.respond(status)


def amazon_time(it: Sound, **ahead: float) -> None:
    then = (datetime.now(UTC) + timedelta(**ahead)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    it.amazon.get(it.settings.MARKETPLACES["amazon"]["lwa_url"]).respond(405, headers={"date": then})


def distrust(it: Sound) -> None:
    refused = ssl.SSLCertVerificationError(1, "failed")
    refused.verify_message = "self-signed certificate"
    it.patch.setattr(reachability, "days_left", raising(refused))


W, E = Level.WARNING, Level.ERROR
BREAKING: list[tuple[str, Level, Callable[[Sound], Any], str]] = [
    ("settings", E, lambda it: setattr(it.settings, "SETTING_PROBLEMS", {"PORT": "PORT is “x”."}), "PORT is “x”"),
    ("settings", W, lambda it: setattr(it.settings, "TRUSTED_PROXIES", [ip_network("0.0.0.0/0")]), "TRUSTED_PROXIES"),
    ("debug", E, debug, "DEBUG"),
    ("secret-key", W, lambda it: setattr(it.settings, "SECRET_KEY", "abcdefgh" * 5), "40 characters"),
    ("vault-keys", E, lambda it: setattr(it.settings, "VAULT_KEYS", ["k1:short"]), "VAULT_KEYS"),
    ("allowed-hosts", E, lambda it: setattr(it.settings, "ALLOWED_HOSTS", ["b.test"]), "portal.test"),
    ("https", W, lambda it: setattr(it.settings, "PUBLIC_URL", "http://portal.test"), "http"),
    ("static-files", E, lose_static_files, "collected"),
    ("data-folder", E, hide_folder, "cannot be written"),
    ("secret-files", E, write_open_secret, "vault_secret"),
    ("private-data", E, open_folder, "can read"),
    ("private-data", E, open_database, "portal.sqlite3"),
    (
        "disk",
        W,
        lambda it: it.patch.setattr(configuration.shutil, "disk_usage", lambda _: Usage(1, 1, 10**9)),
        "1,000 MB",
    ),
    ("disk", E, lambda it: fill_disk(it, free=10**7), "10 MB"),
    ("log-ins", W, long_log_ins, "hours"),
    ("backup", W, age_backup, "56 hours"),
    ("backup", W, lambda it: (it.folder / "backup").unlink(), "no backup"),
    (
        "database",
        E,
        lambda it: it.patch.setattr(connection, "ensure_connection", raising(OperationalError("away"))),
        "away",
    ),
    ("database-version", E, lambda it: put_answer(it, (12, 3)), "12.3"),
    ("database-role", W, be_mighty, "superuser"),
    ("row-security", E, open_tables, "orders_order"),
    ("row-security", W, go_without_roles, "only their queries do"),
    ("row-security", W, search_slowly, "searches are slow"),
    ("migrations", E, forget_a_migration, "earlier version"),
    ("migrations", E, forget_every_migration, "database is empty"),
    ("migrations", E, know_less_than_the_database, "later version, which made orders.0999_later"),
    (
        "database-clock",
        W,
        lambda it: it.patch.setattr(heartbeats, "now", lambda: clock.now() - timedelta(70)),
        "differ",
    ),
    ("database-connections", W, lambda it: put_answer(it, (95, 100)), "95"),
    ("sessions", W, expire_sessions, "2 log-ins"),
    ("keys", E, change_keys, "VAULT_KEYS"),
    ("sealed", E, lambda it: setattr(it.settings, "VAULT_KEYS", OTHER_KEY), "second factors, sellers' authorizations"),
    ("paused", W, lambda it: installation.pause("Somebody said so."), "Somebody said so."),
    ("paused", W, lambda it: setattr(it.settings, "PAUSED", True), "PAUSED"),
    ("redis", E, lambda it: it.redis.clear(), "does not answer"),
    ("redis-policy", W, lambda it: it.redis.update(maxmemory_policy="allkeys-lru"), "allkeys-lru"),
    ("redis-memory", W, lambda it: it.redis.update(used_memory=900), "90 percent"),
    ("queue", W, lambda it: it.patch.setattr(broker_state, "waiting", lambda _: 5000), "5,000"),
    ("scheduler", E, lambda it: it.sign(Heartbeat.Kind.SCHEDULER, at=old(minutes=2)), "scheduler"),
    ("workers", E, lambda it: it.sign(Heartbeat.Kind.WORKER, at=old(minutes=2)), "No worker"),
    ("workers", W, lambda it: it.sign(Heartbeat.Kind.WORKER, busy=True), "hands full"),
    ("sweeps", E, lambda it: it.sign(Heartbeat.Kind.SWEEP, at=old(minutes=2)), "orders.tasks.import_due"),
    ("process-clocks", E, lambda it: it.sign(Heartbeat.Kind.WORKER, clock_ahead=70), "70 seconds ahead"),
    ("oldest-errand", W, lambda it: late_mail(1), "mails"),
    ("oldest-errand", E, lambda it: late_mail(7), "mails"),
    ("stuck-errands", W, lambda it: stuck_mail(), "1 mails"),
    ("alerts", W, lambda it: raise_an_alert(), "1 alert is open"),
    ("owner", W, lambda it: Authenticator.objects.all().delete(), "second factor"),
    ("owner", E, lambda it: Membership.objects.all().delete(), "Nobody owns"),
    ("watch", E, lambda it: it.sign(Heartbeat.Kind.WATCH, at=old(minutes=2)), "looks after"),
    ("mail", E, lambda it: it.patch.setattr(smtplib.SMTP, "connect", raising(OSError("away"))), "cannot be used"),
    ("mail", E, refuse_log_in, "refuses our log-in (535)"),
    ("mail", W, send_nowhere, "EMAIL_URL"),
    ("mail-folder", E, hide_a_mail_folder, "no folder"),
    ("public-url", E, lambda it: page(it, httpx.ConnectError("refused")), "does not answer"),
    ("public-url", E, lambda it: page(it, 301, "https://portal.test/account/login/"), "redirects to itself"),
    ("public-url", E, lambda it: page(it, 400), "answers 400"),
    ("public-url", E, lambda it: page(it, 502), "answers 502"),
    ("certificate", W, lambda it: it.patch.setattr(reachability, "days_left", lambda *_: 3), "3 days"),
    ("certificate", E, distrust, "refuse the certificate"),
    (
        "certificate",
        E,
        lambda it: it.patch.setattr(reachability, "days_left", raising(OSError("away"))),
        "no certificate",
    ),
    ("lists", W, lambda it: it.patch.setattr(aged_lists, "aged", lambda _: [countries.WORDS]), "whether these lists"),
    ("amazon", E, lambda it: token(it, 401), "refuses the application"),
    ("amazon", W, lambda it: token(it, 503), "503"),
    ("amazon", E, lambda it: token(it, httpx.ConnectTimeout("slow")), "does not answer"),
    ("amazon-clock", W, lambda it: amazon_time(it, minutes=1), "differs from Amazon's"),
    ("amazon-clock", E, lambda it: amazon_time(it, minutes=10), "differs from Amazon's"),
    ("amazon-secret", W, lambda it: amazon(it, secret_rotated_on=clock.now().date() - timedelta(days=170)), "ends in"),
    ("amazon-secret", E, lambda it: amazon(it, secret_rotated_on=clock.now().date() - timedelta(days=200)), "ended"),
]
