"""Codes of single units (Transparency): one for each unit in a package, none twice. Pure.

A package is refused for it, so whoever packs or corrects it is told before.
"""

from collections.abc import Sequence

from django.utils.translation import ngettext

NOT_SENT = "Transparency codes are sent only together with a tracking number: without one the package will be refused."


def wrong(sku: str, units: int, codes: Sequence[str]) -> str:
    """Return what is wrong with the codes of a line in a package, as a sentence; "" when nothing is."""
    if len(codes) != units:
        wanted = ngettext(
            "{units} unit of {sku} needs one Transparency code",
            "{units} units of {sku} need one Transparency code each",
            units,
        ).format(units=units, sku=sku)
        there = ngettext("{count} is here", "{count} are here", len(codes)).format(count=len(codes))
        return f"{wanted}, and {there if codes else 'none is here'}."
    return "A code is here twice: each unit has its own." if len(set(codes)) < len(codes) else ""
