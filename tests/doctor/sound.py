"""An installation with nothing wrong, for a test to break."""

import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import respx
from allauth.mfa.models import Authenticator

from core.accounts.mfa_adapter import FactorAdapter
from core.common import clock
from core.upkeep import heartbeats
from core.upkeep.models import Heartbeat
from integration_manager.doctor import aged_lists, broker_state, database_state, reachability
from tests.factories import GrantFactory, MembershipFactory, OrderFactory

REDIS = {"redis_version": "7.2", "maxmemory_policy": "noeviction", "used_memory": 1, "maxmemory": 1000}


@dataclass
class Sound:
    """An installation with nothing wrong, and what is needed to break it."""

    settings: Any
    patch: pytest.MonkeyPatch
    folder: Path
    amazon: respx.MockRouter
    redis: dict[str, Any]

    def sign(self, kind: Heartbeat.Kind, **fields: Any) -> None:
        Heartbeat.objects.filter(kind=kind).update(**fields)


@pytest.fixture
def sound(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, respx_mock: respx.MockRouter) -> Sound:
    settings.DATA_DIR, settings.PUBLIC_URL, settings.PUBLIC_HOST = tmp_path, "https://portal.test", "portal.test"
    settings.ALLOWED_HOSTS = ["portal.test", "testserver"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://portal.test"]
    settings.BEHIND_PROXY, settings.TRUSTED_PROXIES = True, [ip_network("127.0.0.1")]
    settings.SECRET_KEY = "s3cret-" * 10
    settings.REDIS_URL = "redis://redis:6379/0"
    settings.BACKUP_MARK = str(tmp_path / "backup")
    settings.EMAIL_BACKEND = "core.common.bounded_mail.EmailBackend"
    settings.MARKETPLACES = {"amazon": {**settings.MARKETPLACES["amazon"], "secret_rotated_on": clock.now().date()}}
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.portal.test", 587
    settings.DEFAULT_FROM_EMAIL = "Integration Manager <portal@portal.test>"
    (tmp_path / "backup").touch(0o600)
    # Tests make databases, so their role may do more than a portal's.
    monkeypatch.setattr(database_state, "role_is_mighty", lambda: False)
    # They age while the tests stay as they are.
    monkeypatch.setattr(aged_lists, "aged", lambda _: [])
    told = dict(REDIS)
    monkeypatch.setattr(broker_state, "_told", lambda: told or None)
    monkeypatch.setattr(smtplib.SMTP, "connect", lambda *_: (220, b"ready"))
    for verb in ("ehlo", "quit"):
        monkeypatch.setattr(smtplib.SMTP, verb, lambda *_: (250, b"fine"))
    owner = MembershipFactory().user
    Authenticator.objects.create(
        user=owner, type=Authenticator.Type.TOTP, data={"secret": FactorAdapter().encrypt("JBSWY3DPEHPK3PXP")}
    )
    GrantFactory()
    OrderFactory(lines={"MUG-BLUE": 1})
    for sweep in settings.SWEEPS:
        heartbeats.beat(sweep, Heartbeat.Kind.SWEEP)
    heartbeats.beat("worker portal@here", Heartbeat.Kind.WORKER)
    heartbeats.beat("scheduler", Heartbeat.Kind.SCHEDULER)
    heartbeats.beat("watch", Heartbeat.Kind.WATCH)
    now = {"date": datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")}
    token = settings.MARKETPLACES["amazon"]["lwa_url"]
    respx_mock.post(token).respond(200, json={"access_token": "Atza|x"})
    respx_mock.get(token).respond(405, headers=now)
    respx_mock.get("https://portal.test/account/login/").respond(200)
    monkeypatch.setattr(reachability, "days_left", lambda *_: 60)
    return Sound(settings, monkeypatch, tmp_path, respx_mock, told)
