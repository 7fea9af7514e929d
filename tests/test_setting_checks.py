"""Settings come as people write them, and what is wrong with them is said before anything starts."""

import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from integration_manager import refusal, setting_checks
from tests import loaded_settings

ROOT = Path(__file__).resolve().parent.parent
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
AMAZON = {
    "AMAZON_APP_ID": "amzn1.sp.solution.1",
    "AMAZON_LWA_CLIENT_ID": "amzn1.application-oa2-client.1",
    "AMAZON_LWA_CLIENT_SECRET": "amzn1.oa2-cs.v1.1",
}
PRODUCTION = {
    **AMAZON,
    "EMBEDDED": "false",
    "SECRET_KEY": "s3cret-" * 10,
    "VAULT_KEYS": f"k1:{KEY}",
    "PUBLIC_URL": "https://portal.northwind-3pl.com",
    "DATABASE_URL": "postgresql://portal:secret@postgres:5432/portal",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.northwind-3pl.com:587",
    "DEFAULT_FROM_EMAIL": "Integration Manager <portal@northwind-3pl.com>",
}

Load = Callable[..., Any]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    return lambda **given: loaded_settings.load(monkeypatch, tmp_path, **given)


@pytest.fixture
def said(load: Load, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """What is said of the settings of an environment: sentences by id."""

    def found(**given: str) -> dict[str, str]:
        monkeypatch.setattr(setting_checks, "settings", load(**given))
        return {str(each.id): each.msg for each in setting_checks.check_settings()}

    return found


# -- Reading ---------------------------------------------------------------------------------------------------------
def test_lists_are_read_without_the_spaces_around_their_items(load: Load) -> None:
    settings = load(
        **PRODUCTION
        | {
            "ALLOWED_HOSTS": "portal.northwind-3pl.com, intern.northwind-3pl.com ,",
            "CSRF_TRUSTED_ORIGINS": " https://portal.northwind-3pl.com ,, https://intern.northwind-3pl.com",
            "TRUSTED_PROXIES": "10.0.0.5, 172.16.0.0/12 ,",
            "VAULT_KEYS": f"k2:{KEY}, k1:{KEY} ,",
        }
    )

    assert settings.ALLOWED_HOSTS == ["portal.northwind-3pl.com", "intern.northwind-3pl.com"]
    assert settings.CSRF_TRUSTED_ORIGINS == ["https://portal.northwind-3pl.com", "https://intern.northwind-3pl.com"]
    assert [str(network) for network in settings.TRUSTED_PROXIES] == ["10.0.0.5/32", "172.16.0.0/12"]
    assert [f"k2:{KEY}", f"k1:{KEY}"] == settings.VAULT_KEYS
    assert settings.SETTING_PROBLEMS == {}


def test_a_blank_line_counts_as_not_set(load: Load) -> None:
    """.env.example is copied with lines that say nothing; they must not stand in the way of what holds without them."""
    names = [line.lstrip("#").partition("=")[0] for line in (ROOT / ".env.example").read_text().splitlines()]
    blank = {name: "  " for name in names if name.isidentifier() and name.isupper() and name != "DATA_DIR"}

    without, with_blanks = load(), load(**blank)

    assert len(blank) > 30
    same = ("MARKETPLACES", "AMAZON_SIMULATED", "PORT", "PUBLIC_URL", "ALLOWED_HOSTS", "BEHIND_PROXY", "EMBEDDED")
    assert {name: getattr(with_blanks, name) for name in same} == {name: getattr(without, name) for name in same}
    assert with_blanks.MARKETPLACES["amazon"]["client_id"] == "amzn1.application-oa2-client.simulated"
    assert with_blanks.SETTING_PROBLEMS == {}


def test_with_readmes_settings_the_public_host_is_served_behind_a_proxy(load: Load) -> None:
    settings = load(PUBLIC_URL="https://portal.northwind-3pl.com", **AMAZON)

    assert "portal.northwind-3pl.com" in settings.ALLOWED_HOSTS
    assert settings.BEHIND_PROXY
    assert settings.SECURE_PROXY_SSL_HEADER == ("HTTP_X_FORWARDED_PROTO", "https")
    assert not settings.AMAZON_SIMULATED


def test_who_is_reached_in_the_clear_stands_behind_nobody(load: Load) -> None:
    settings = load()

    assert not settings.BEHIND_PROXY
    assert settings.SECURE_PROXY_SSL_HEADER is None


@pytest.mark.parametrize(
    ("name", "given", "said_of_it"),
    [
        ("PORT", "eight thousand", "PORT is “eight thousand”. Write a whole number."),
        ("PORT", "70000", "PORT is 70000, and has to be between 1 and 65535."),
        ("DEBUG", "maybe", "DEBUG is “maybe”. Write true or false."),
        ("SWEEP_SECONDS", "fast", "SWEEP_SECONDS is “fast”. Write a number, like 5 or 2.5."),
        ("SWEEP_SECONDS", "0", "SWEEP_SECONDS is 0, and has to be between 0.1 and 60.0."),
        ("SWEEP_SECONDS", "nan", "SWEEP_SECONDS is “nan”. Write a number, like 5 or 2.5."),
        ("SESSION_HOURS", "-1", "SESSION_HOURS is -1, and has to be between 1 and 100000."),
        ("EXCHANGES_KEPT_DAYS", "0", "EXCHANGES_KEPT_DAYS is 0, and has to be between 1 and 3650."),
        ("PROXY_COUNT", "0", "PROXY_COUNT is 0, and has to be between 1 and 20."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is “loud”. Write one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        ("TRUSTED_PROXIES", "10.0.0.5, the proxy", "TRUSTED_PROXIES names “the proxy”, which is neither an address"),
        ("AMAZON_LWA_SECRET_ROTATED_ON", "20.11.2026", "Write the day the secret was made, like 2026-11-20."),
    ],
)
def test_what_cannot_be_read_is_said_and_the_default_stands_in(
    load: Load, said: Callable[..., dict[str, str]], name: str, given: str, said_of_it: str
) -> None:
    assert said_of_it in load(**{name: given}).SETTING_PROBLEMS[name]
    assert said_of_it in said(**{name: given})["portal.E010"]


def test_the_level_of_the_logs_may_be_written_small(load: Load) -> None:
    assert load(LOG_LEVEL="debug").LOG_LEVEL == "DEBUG"


# -- Checks ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("given", [{}, PRODUCTION, {"PUBLIC_URL": "https://portal.northwind-3pl.com", **AMAZON}])
def test_nothing_is_said_of_what_is_right(said: Callable[..., dict[str, str]], given: dict[str, str]) -> None:
    assert said(**given) == {}


@pytest.mark.parametrize(
    ("wrong", "given", "word"),
    [
        ("portal.E010", {"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ("portal.E010", {"VAULT_KEYS": " , "}, "VAULT_KEYS is not set"),
        ("portal.E011", {"SECRET_KEY": "short"}, "SECRET_KEY"),
        ("portal.E011", {"SECRET_KEY": "x" * 60}, "SECRET_KEY"),
        ("portal.E012", {"VAULT_KEYS": "k1:abc"}, "VAULT_KEYS"),
        ("portal.E012", {"VAULT_KEYS": KEY}, "VAULT_KEYS"),
        ("portal.E013", {"VAULT_KEYS": f"k1:{KEY},k1:{KEY}"}, "VAULT_KEYS"),
        ("portal.E014", {"PUBLIC_URL": "portal.northwind-3pl.com"}, "PUBLIC_URL"),
        ("portal.E014", {"PUBLIC_URL": "https://portal.northwind-3pl.com:port"}, "PUBLIC_URL"),
        ("portal.E014", {"PUBLIC_URL": "https:portal.northwind-3pl.com"}, "PUBLIC_URL"),
        ("portal.E015", {"PUBLIC_URL": "https://northwind-3pl.com/portal/"}, "root of its address"),
        ("portal.E016", {"ALLOWED_HOSTS": "other.northwind-3pl.com"}, "portal.northwind-3pl.com"),
        ("portal.E017", {"ALLOWED_HOSTS": "https://portal.northwind-3pl.com"}, "ALLOWED_HOSTS"),
        ("portal.E017", {"ALLOWED_HOSTS": "portal.northwind-3pl.com:443"}, "without a port"),
        ("portal.E018", {"CSRF_TRUSTED_ORIGINS": "portal.northwind-3pl.com"}, "CSRF_TRUSTED_ORIGINS"),
        ("portal.W018", {"CSRF_TRUSTED_ORIGINS": "https://a.northwind-3pl.com"}, "CSRF_TRUSTED_ORIGINS"),
        ("portal.W016", {"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ("portal.W014", {"PUBLIC_URL": "http://portal.northwind-3pl.com"}, "in the clear"),
        ("portal.E019", {"EMBEDDED": "true", "AMAZON_SIMULATED": "true", "PORT": "9900"}, "SIMULATOR_PORT=9901"),
        (
            "portal.E019",
            {"EMBEDDED": "true", "AMAZON_SIMULATED": "true", "PORT": "65535", "SIMULATOR_PORT": "65535"},
            "=1.",
        ),
        ("portal.E029", {"PUBLIC_URL": ""}, "PUBLIC_URL is not set"),
        ("portal.E029", {"PUBLIC_URL": "", "EMBEDDED": "true"}, "PUBLIC_URL is not set"),
        ("portal.E030", {"PUBLIC_URL": "http://portal.northwind-3pl.com"}, "https:// addresses only"),
        ("portal.W029", {"PUBLIC_URL": "http://127.0.0.1:8000", "EMBEDDED": "true"}, "refresh token only"),
        ("portal.E020", {"BEHIND_PROXY": "false"}, "for ever"),
        ("portal.E021", {"TRUSTED_PROXIES": ","}, "TRUSTED_PROXIES"),
        ("portal.W021", {"TRUSTED_PROXIES": "*"}, "TRUSTED_PROXIES"),
        ("portal.W021", {"TRUSTED_PROXIES": "0.0.0.0/0"}, "TRUSTED_PROXIES"),
        ("portal.E022", {"REDIS_URL": ""}, "REDIS_URL"),
        ("portal.E010", {"REDIS_URL": "redis:6379"}, "REDIS_URL"),
        ("portal.E010", {"REDIS_URL": "amqp://broker"}, "REDIS_URL"),
        ("portal.W022", {"DATABASE_URL": ""}, "DATABASE_URL"),
        ("portal.E024", {"DEFAULT_FROM_EMAIL": "the portal"}, "DEFAULT_FROM_EMAIL"),
        ("portal.E025", {"EMAIL_URL": "smtp+tls://user:password@mail.example.com:587"}, "EMAIL_URL"),
        ("portal.W025", {"EMAIL_URL": "consolemail://"}, "EMAIL_URL"),
        ("portal.W024", {"DEFAULT_FROM_EMAIL": "Portal <portal@example.com>"}, "DEFAULT_FROM_EMAIL"),
        ("portal.W024", {"DEFAULT_FROM_EMAIL": ""}, "DEFAULT_FROM_EMAIL is not set"),
        ("portal.W024", {"DEFAULT_FROM_EMAIL": "", "EMBEDDED": "true"}, "DEFAULT_FROM_EMAIL is not set"),
        ("portal.E026", {"AMAZON_LWA_CLIENT_SECRET": " "}, "AMAZON_LWA_CLIENT_SECRET is not set"),
        ("portal.E026", {"AMAZON_APP_ID": ""}, "AMAZON_APP_ID is not set"),
        ("portal.W026", dict.fromkeys(AMAZON, ""), "AMAZON_APP_ID"),
        ("portal.E027", {"AMAZON_SPAPI_URL_EU": "http://sellingpartnerapi-eu.amazon.com"}, "https://"),
        ("portal.W027", {"AMAZON_SIMULATED": "true"}, "AMAZON_SIMULATED"),
        ("portal.E028", {"DEBUG": "true"}, "DEBUG"),
        ("portal.W028", {"MFA_REQUIRED": "false"}, "MFA_REQUIRED"),
    ],
)
def test_what_is_missing_wrong_or_dangerous_is_said(
    said: Callable[..., dict[str, str]], wrong: str, given: dict[str, str], word: str
) -> None:
    found = said(**{**PRODUCTION, **given})

    assert wrong in found
    assert word in found[wrong]
    assert "https://docs" not in found[wrong]
    assert "secret@" not in str(found)  # what is secret is never repeated


def test_an_application_that_is_half_set_is_no_simulated_one(said: Callable[..., dict[str, str]]) -> None:
    """Without AMAZON_APP_ID the embedded run simulates Amazon, whatever else was filled in."""
    found = said(AMAZON_LWA_CLIENT_ID="amzn1.application-oa2-client.1", AMAZON_LWA_CLIENT_SECRET="amzn1.oa2-cs.v1.1")

    assert "AMAZON_APP_ID is not set" in found["portal.E026"]


@pytest.mark.parametrize("name", AMAZON)
def test_one_third_of_an_application_is_refused_with_all_that_is_missing(
    said: Callable[..., dict[str, str]], name: str
) -> None:
    found = said(**{name: "x"})

    missing = [other for other in AMAZON if other != name]
    assert f"{missing[0]} and {missing[1]} are not set" in found["portal.E026"]
    assert "PUBLIC_URL is not set" in found["portal.E029"]


def test_the_names_of_the_checks_are_each_used_once() -> None:
    text = Path(setting_checks.__file__).read_text()
    ids = [part.partition('"')[0] for part in text.split('id="')[1:]]

    assert len(ids) > 20
    assert len(ids) == len(set(ids))


# -- Refusing --------------------------------------------------------------------------------------------------------
def test_a_command_refuses_to_run_with_a_setting_that_is_wrong(settings: Any) -> None:
    settings.SETTING_PROBLEMS = {"PORT": "PORT is “x”. Write a whole number."}

    with pytest.raises(SystemCheckError, match="PORT is “x”"):
        call_command("check")


def test_the_web_server_refuses_to_start_with_a_setting_that_is_wrong(settings: Any) -> None:
    settings.SETTING_PROBLEMS = {"PORT": "PORT is “x”. Write a whole number."}

    with pytest.raises(SystemExit, match=r"portal\.E010  PORT is “x”"):
        refusal.check()


def test_the_web_server_starts_with_settings_that_are_right() -> None:
    refusal.check()


@pytest.mark.embedded
def test_production_that_is_set_right_passes_djangos_deployment_check(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    done = subprocess.run(
        command, cwd=ROOT, env={"DATA_DIR": str(tmp_path), **PRODUCTION}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
