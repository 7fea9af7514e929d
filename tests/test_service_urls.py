"""Addresses in the environment that cannot be right are told in a sentence that says what to write instead."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration_manager import service_urls

ENCODED = "has to be encoded"
PORT = "no number between 1 and 65535"


@pytest.mark.parametrize(
    ("reading", "given", "said"),
    [
        (service_urls.mail, "smtp+tls://u:pa#ss@host:587", ENCODED),
        (service_urls.mail, "smtp+tls://u:pa/ss@host:587", ENCODED),
        (service_urls.mail, "smtp+tls://u:pa?ss@host:587", ENCODED),
        (service_urls.mail, "smtp+tls://u:p@ss#word@host:587", ENCODED),
        (service_urls.mail, "smtp+tls://u:100%@host:587", ENCODED),
        (service_urls.mail, "smtp+tls://u:pa[ss@host:587", "brackets"),
        (service_urls.mail, "smtp+tls://u:pass@host:five", PORT),
        (service_urls.mail, "smtp+tls://u:pass@host:99999", PORT),
        (service_urls.mail, "smtp+tls://u:pass@host:0", PORT),
        (service_urls.mail, "smtp+tls://u:pass@:587", "names no host"),
        (service_urls.mail, "smtp+tls://u:pa ss@host:587", "space"),
        (service_urls.mail, "smtp+starttls://u:pass@host:587", "not known"),
        (service_urls.mail, "mail.example.com:587", "is not an address"),
        (service_urls.database, "postgres://u:pa#ss@db/portal", ENCODED),
        (service_urls.database, "postgres://u:pa/ss@db/portal", ENCODED),
        (service_urls.database, "postgres://u:p@db:54x/portal", PORT),
        (service_urls.database, "mysql://u:p@db/portal", "not known"),
        (service_urls.database, "db.example.com/portal", "is not an address"),
        (service_urls.broker, "redis://:pa#ss@redis:6379/0", ENCODED),
        (service_urls.broker, "redis://:pa?ss@redis:6379/0", ENCODED),
        (service_urls.broker, "redis://redis:abc/0", PORT),
        (service_urls.broker, "amqp://redis:5672", "not known"),
        (service_urls.broker, "redis:6379", "is not an address"),
    ],
)
def test_what_cannot_be_right_is_a_sentence_without_the_password(
    reading: Callable[[str], Any], given: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        reading(given)

    assert "ss@" not in str(refused.value)
    assert "pass" not in str(refused.value).replace("password", "")


def test_what_is_encoded_is_read() -> None:
    mail = service_urls.mail("smtp+tls://user%40northwind.example:pa%23%2F%3F%40%3A%25ss@mail.example.com:587")
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"]) == ("mail.example.com", 587, True)
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("user@northwind.example", "pa#/?@:%ss")

    database = service_urls.database("postgres://portal:p%23w@db.example.com:5433/portal")
    assert (database["NAME"], database["HOST"], database["PORT"]) == ("portal", "db.example.com", 5433)
    assert database["PASSWORD"] == "p#w"
    assert service_urls.database("sqlite:////var/lib/my portal/p.sqlite3")["NAME"] == "/var/lib/my portal/p.sqlite3"
    for address in ("redis://redis:6379/0", "redis://:p%23w@[::1]:6379/1", "rediss://redis", "unix:///run/redis.sock"):
        assert service_urls.broker(address) == address


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("EMAIL_URL", "smtp+tls://u:pa#ss@host:587"),
        ("DATABASE_URL", "postgres://u:pa#ss@host/portal"),
        ("REDIS_URL", "redis://:pa#ss@host:6379"),
    ],
)
def test_a_command_names_the_setting(name: str, given: str, tmp_path: Path) -> None:
    environment = {**os.environ, "EMBEDDED": "true", "DATA_DIR": str(tmp_path), name: given}
    run = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True, timeout=60
    )

    assert run.returncode != 0
    assert f"{name} has a character in its user name or password" in run.stderr
    assert "pa#ss" not in run.stderr
