"""Every setting is looked at before anything starts: what is missing or wrong is an error, what is dangerous a warning.

Each message is a sentence that names the setting and says what to write instead. ``manage.py check`` prints them, every
command and the web server refuse to start with an error, and ``manage.py doctor`` shows them among the rest.
"""

from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http.request import validate_host
from django.utils.translation import ngettext

from core.common import vault

SHORTEST_KEY = 32  # characters; Django's deployment check asks for 50
EXAMPLES = ("example.com", "example.org", "example.net")  # nobody's: they stand in .env.example
SMTP = ("core.common.bounded_mail.EmailBackend", "django.core.mail.backends.smtp.EmailBackend")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@register(Tags.security)
def check_settings(**_: Any) -> list[CheckMessage]:
    """What is wrong with the settings."""
    unreadable = [Error(sentence, obj=name, id="portal.E010") for name, sentence in _problems().items()]
    found = (_secrets, _address, _ports, _proxy, _stores, _mail, _amazon, _amazons_way_back, _looseness)
    return [*unreadable, *(message for check in found for message in check())]


def _problems() -> dict[str, str]:
    return dict(settings.SETTING_PROBLEMS)


# -- Secrets ---------------------------------------------------------------------------------------------------------
def _secrets() -> Iterator[CheckMessage]:
    if len(settings.SECRET_KEY) < SHORTEST_KEY or len(set(settings.SECRET_KEY)) < 5:
        said = (
            "SECRET_KEY is too short to keep sessions and links safe. Make one of 50 random characters or more: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
        yield Error(said, id="portal.E011")
    names = [key.partition(":")[0] for key in settings.VAULT_KEYS]
    try:
        vault.Vault(settings.VAULT_KEYS)
    except ValueError:
        said = (
            "VAULT_KEYS has a key of another form than id:key, where key is 32 random bytes in base64url. "
            ".env.example holds the command that makes one. Keep every key that was ever used."
        )
        yield Error(said, id="portal.E012")
    if len(set(names)) < len(names):
        said = "VAULT_KEYS gives two keys the same id, so one of them opens nothing. Give the new one an id of its own."
        yield Error(said, id="portal.E013")


# -- The address -----------------------------------------------------------------------------------------------------
def _address() -> Iterator[CheckMessage]:
    where = _split(settings.PUBLIC_URL)
    if where is None or where.scheme not in ("http", "https") or not where.hostname:
        said = f"PUBLIC_URL is “{settings.PUBLIC_URL}”. Write the address people type, like https://portal.example.com."
        yield Error(said, id="portal.E014")
        return
    if where.path or where.query or where.fragment or where.username:
        said = (
            f"PUBLIC_URL is “{settings.PUBLIC_URL}”. Leave out everything behind the host name: the portal stands at "
            "the root of its address."
        )
        yield Error(said, id="portal.E015")
    if not validate_host(where.hostname, settings.ALLOWED_HOSTS):
        said = (
            f"ALLOWED_HOSTS leaves out {where.hostname}, the host in PUBLIC_URL: every page would answer 400. Add it, "
            "or leave ALLOWED_HOSTS out."
        )
        yield Error(said, id="portal.E016")
    for host in settings.ALLOWED_HOSTS:
        if "/" in host or (":" in host and not host.startswith("[")):
            said = f"ALLOWED_HOSTS names “{host}”. Write host names only, without https:// and without a port."
            yield Error(said, id="portal.E017")
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        parts = _split(origin)
        if parts is None or parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            said = f"CSRF_TRUSTED_ORIGINS names “{origin}”. Write origins like https://portal.example.com."
            yield Error(said, id="portal.E018")
    if settings.PUBLIC_URL not in settings.CSRF_TRUSTED_ORIGINS:
        said = (
            "CSRF_TRUSTED_ORIGINS leaves out PUBLIC_URL: forms sent from there may be refused. Add it, or leave it out."
        )
        yield Warning(said, id="portal.W018")
    if "*" in settings.ALLOWED_HOSTS:
        said = "ALLOWED_HOSTS is *: links in mails can be made to lead anywhere. Name the hosts people type."
        yield Warning(said, id="portal.W016")
    if where.scheme == "http" and where.hostname not in LOOPBACK:
        said = (
            "PUBLIC_URL is http://: passwords and buyers' addresses cross the network in the clear, and Amazon sends "
            "nobody back to it. Put a proxy with TLS in front and write https:// (docs/running.md)."
        )
        yield Warning(said, id="portal.W014")


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _ports() -> Iterator[CheckMessage]:
    if settings.EMBEDDED and settings.AMAZON_SIMULATED and settings.PORT == settings.SIMULATOR_PORT:
        said = (
            f"PORT and SIMULATOR_PORT are both {settings.PORT}: the web pages and the simulated Amazon cannot share a "
            f"port. Give one of them another, like SIMULATOR_PORT={settings.PORT % 65535 + 1}."
        )
        yield Error(said, id="portal.E019")


def _proxy() -> Iterator[CheckMessage]:
    if settings.SECURE_SSL_REDIRECT and not settings.BEHIND_PROXY:
        said = (
            "SECURE_SSL_REDIRECT is on and BEHIND_PROXY is off: nothing here speaks TLS, so every page would redirect "
            "to itself for ever. Set BEHIND_PROXY=true, and let the proxy send X-Forwarded-Proto."
        )
        yield Error(said, id="portal.E020")
    if settings.BEHIND_PROXY and not settings.TRUSTED_PROXIES:
        said = "BEHIND_PROXY is on and TRUSTED_PROXIES is empty, so no proxy is believed. Name the proxy's address."
        yield Error(said, id="portal.E021")
    if settings.BEHIND_PROXY and any(network.prefixlen == 0 for network in settings.TRUSTED_PROXIES):
        said = (
            "TRUSTED_PROXIES names every address there is: whoever reaches this port can write whose address and "
            "scheme a request has. Name the proxy's own address."
        )
        yield Warning(said, id="portal.W021")


# -- Database and broker ---------------------------------------------------------------------------------------------
def _stores() -> Iterator[CheckMessage]:
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if not settings.EMBEDDED and not settings.REDIS_URL and "REDIS_URL" not in settings.SETTING_PROBLEMS:
        said = (
            "REDIS_URL is not set. Web, worker and scheduler are processes of their own here and meet at Redis: "
            "without it nothing starts by itself. Set it, like redis://redis:6379/0."
        )
        yield Error(said, id="portal.E022")
    if not settings.EMBEDDED and sqlite and "DATABASE_URL" not in settings.SETTING_PROBLEMS:
        said = (
            "DATABASE_URL is not set or names SQLite, which takes one writer at a time. For several processes use "
            "PostgreSQL, like postgresql://portal:password@postgres:5432/portal."
        )
        yield Warning(said, id="portal.W022")


# -- Mail ------------------------------------------------------------------------------------------------------------
def _mail() -> Iterator[CheckMessage]:
    host = str(settings.EMAIL_HOST or "")
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        validate_email(sender.replace("@localhost", "@localhost.invalid"))
    except ValidationError:
        said = (
            f"DEFAULT_FROM_EMAIL is “{settings.DEFAULT_FROM_EMAIL}”. Write a sender like Integration Manager "
            "<portal@your-domain.com>."
        )
        yield Error(said, id="portal.E024")
        return
    if settings.EMBEDDED and (settings.EMAIL_BACKEND not in SMTP or host in LOOPBACK):
        return  # a try: mail stays on this machine
    if settings.EMAIL_BACKEND in SMTP and host.endswith(EXAMPLES):
        said = f"EMAIL_URL still names {host}, the server of the example. Name your mail server."
        yield Error(said, id="portal.E025")
    if settings.EMAIL_BACKEND not in SMTP:
        said = "EMAIL_URL sends no mail to anybody: invitations and alerts stay on this machine. Name a mail server."
        yield Warning(said, id="portal.W025")
    if sender.endswith(("localhost", *EXAMPLES)):
        set_to = "is not set, so mail comes from" if sender.endswith("localhost") else "is"
        said = (
            f"DEFAULT_FROM_EMAIL {set_to} {sender}, which mail servers refuse. Write an address of your own domain, "
            "like Integration Manager <portal@your-domain.com>."
        )
        yield Warning(said, id="portal.W024")


# -- Amazon ----------------------------------------------------------------------------------------------------------
def _amazon() -> Iterator[CheckMessage]:
    ours = settings.MARKETPLACES["amazon"]
    names = {
        "AMAZON_APP_ID": ours["app_id"],
        "AMAZON_LWA_CLIENT_ID": ours["client_id"],
        "AMAZON_LWA_CLIENT_SECRET": ours["client_secret"],
    }
    missing = [name for name, value in names.items() if not value]
    if missing and len(missing) < len(names):
        unset = ngettext("{names} is not set", "{names} are not set", len(missing)).format(names=" and ".join(missing))
        said = f"{unset}, so Amazon knows nobody here. "
        yield Error(said + "All three stand on the application's page at Amazon.", id="portal.E026")
    elif missing:
        said = "No Amazon application is set, so no cart can be connected. Set " + ", ".join(names) + "."
        yield Warning(said, id="portal.W026")
    addresses = [ours["lwa_url"], *ours["spapi_urls"].values()]
    if not settings.AMAZON_SIMULATED and not all(each.startswith("https://") for each in addresses):
        said = "An address of Amazon (AMAZON_SPAPI_URL_…, AMAZON_LWA_URL) does not begin with https://. Leave it out."
        yield Error(said, id="portal.E027")
    if settings.AMAZON_SIMULATED and not settings.EMBEDDED:
        said = "AMAZON_SIMULATED is on: orders are made up, and no seller's account is reached. Leave it out."
        yield Warning(said, id="portal.W027")


def _amazons_way_back() -> Iterator[CheckMessage]:
    """Amazon sends sellers' browsers back to https addresses alone."""
    where = _split(settings.PUBLIC_URL)
    if settings.AMAZON_SIMULATED or where is None or where.scheme != "http":
        return
    if settings.PUBLIC_URL_IS_GUESSED:
        said = (
            "PUBLIC_URL is not set, and the Amazon application is a real one: Amazon would send sellers back to "
            f"{settings.PUBLIC_URL}. Write the https:// address that browsers reach this portal at, and register it at "
            "Amazon (docs/connecting.md)."
        )
        yield Error(said, id="portal.E029")
    elif where.hostname not in LOOPBACK:
        said = (
            f"PUBLIC_URL is {settings.PUBLIC_URL}, and the Amazon application is a real one: Amazon sends sellers back "
            "to https:// addresses only, so nobody could authorize. Put a proxy with TLS in front (docs/running.md)."
        )
        yield Error(said, id="portal.E030")
    else:
        said = (
            f"PUBLIC_URL is {settings.PUBLIC_URL}: Amazon sends no seller back to it, so carts can be connected with a "
            "refresh token only, and links in emails lead to this machine."
        )
        yield Warning(said, id="portal.W029")


# -- What is looser than it may be -----------------------------------------------------------------------------------
def _looseness() -> Iterator[CheckMessage]:
    in_use = not settings.EMBEDDED or not settings.AMAZON_SIMULATED  # more than a try on somebody's own machine
    if settings.DEBUG and in_use:
        said = "DEBUG is on: whoever meets a fault is shown settings and data. Leave it out."
        yield Error(said, id="portal.E028")
    if not settings.MFA_REQUIRED and not settings.EMBEDDED:
        said = (
            "MFA_REQUIRED is off: a stolen password is enough to see buyers' data, and Amazon's data protection policy "
            "asks for a second factor of everybody. Leave it out."
        )
        yield Warning(said, id="portal.W028")
