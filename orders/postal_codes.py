"""Postal codes as they are compared: SW1A 1AA, sw1a1aa and SW1A-1AA are the same."""

from core.common.typed_signs import bare


def plain(postal_code: str) -> str:
    """Return a postal code with its letters in capitals and its digits alone."""
    return bare(postal_code)
