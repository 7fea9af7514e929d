"""Conditions for 3PL Warehouse Manager's lists. Its server decodes a value twice: what has a meaning is escaped twice.

httpx encodes the query once more: what is written here as ``%28`` goes out as ``%2528``.
"""

from urllib.parse import quote

PLAIN = " :@/?$&+-._~"  # signs without a meaning in RQL


def escaped(value: str) -> str:
    """Return a value as it stands in a condition."""
    return quote(value, safe=PLAIN)


def equals(field: str, value: str | int) -> str:
    return f"{field}=={escaped(str(value))}"


def at_least(field: str, value: str) -> str:
    return f"{field}=ge={escaped(value)}"


def both(*conditions: str) -> str:
    return ";".join(filter(None, conditions))
