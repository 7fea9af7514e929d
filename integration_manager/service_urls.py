"""Addresses of the servers we stand on, from the environment: what is wrong with one becomes a sentence.

Each function raises ValueError with what follows the name of the setting. An address holds a password, so no sentence
repeats it.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ

MAIL = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail")
NO_SERVER = ("consolemail", "filemail", "memorymail", "dummymail", "sqlite", "unix")
DATABASES = ("postgres", "postgresql", "psql", "pgsql", "sqlite")
BROKERS = ("redis", "rediss", "unix")

ENCODE = (
    "Inside a user name or a password, write # as %23, / as %2F, ? as %3F, @ as %40, : as %3A, [ as %5B, ] as %5D and "
    "% as %25."
)


def mail(given: str) -> Mapping[str, Any]:
    """Return Django's EMAIL_… settings."""
    _check(given, MAIL, "smtp+tls://user:password@mail.example.com:587")
    found: Mapping[str, Any] = environ.Env.email_url_config(given)
    return found


def database(given: str) -> dict[str, Any]:
    """Return an entry of Django's DATABASES."""
    _check(given, DATABASES, "postgres://user:password@db.example.com:5432/portal")
    found: dict[str, Any] = environ.Env.db_url_config(given)
    return found


def broker(given: str) -> str:
    """Return the address of Redis as it is."""
    _check(given, BROKERS, "redis://:password@redis.example.com:6379/0")
    return given


def _check(given: str, schemes: Collection[str], example: str) -> None:
    scheme, there, rest = given.partition("://")
    if not there:
        raise ValueError(f"is not an address. Write it like {example}.")
    if scheme.lower() not in schemes:
        raise ValueError(f"begins with {scheme}://, which is not known here. Write it like {example}.")
    if scheme.lower() in NO_SERVER:
        return
    if any(character.isspace() or not character.isprintable() for character in given):
        raise ValueError(f"has a space or a line break in it. Write it in one piece, like {example}.")
    server = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "#" in rest or ("@" in rest and "@" not in server) or re.search(r"%(?![0-9A-Fa-f]{2})", server):
        raise ValueError(f"has a character in its user name or password that has to be encoded. {ENCODE}")
    parts = _split(given)
    if not parts.hostname:
        raise ValueError(f"names no host. Write it like {example}.")


def _split(given: str) -> SplitResult:
    try:
        parts = urlsplit(given)
    except ValueError:
        raise ValueError(f"cannot be read. {ENCODE} Only an address of IP version 6 has brackets.") from None
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError(
            "has a port that is no number between 1 and 65535. If there is a colon in the user name, the password or "
            f"the host, that may be why. {ENCODE}"
        )
    return parts
