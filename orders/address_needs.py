"""What an address needs, by its country: the one rule of import, of *Edit address* and of handing over.

Vital is what no parcel arrives without: somebody, a street, a country. The rest is what carriers ask for there: import
holds an order that lacks it, and a person who knows better may release it.
"""

import re
from collections.abc import Mapping

from carts.marketplaces.values import Address
from orders.countries import NO_CITY, POSTAL_CODE_NEEDED, STATE_NEEDED
from orders.postal_codes import plain

LINES = ("line1", "line2", "line3")
# What is missing, by the field that a form shows it at, fit to stand after "without".
WORDS = {
    "name": "a name",
    "line1": "a street",
    "country": "a country",
    "city": "a city",
    "postal_code": "a postal code",
    "state": "a state or province",
}

_FIVE, _FOUR = (r"\d{5}", "five digits"), (r"\d{4}", "four digits")
_ZIP = (r"\d{5}(?:\d{4})?", "five digits, or nine as in 89501-1234")
# The shape of a postal code where it has only one, by its letters and digits alone; and the shape in words.
POSTAL_CODES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("US", "PR", "VI", "GU", "AS", "MP"), _ZIP),
    **dict.fromkeys(("DE", "ES", "FR", "IT", "MX", "PL", "SE", "TR"), _FIVE),
    **dict.fromkeys(("AT", "AU", "BE", "CH"), _FOUR),
    "BR": (r"\d{8}", "eight digits"),
    "CA": (r"(?:[A-Z]\d){3}", "three letters and three digits in turn, as in K1A 0B1"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}|GIR0AA", "letters and digits as in SW1A 1AA"),
    "IN": (r"\d{6}", "six digits"),
    "JP": (r"\d{7}", "seven digits"),
    "NL": (r"\d{4}[A-Z]{2}", "four digits and two letters"),
}


def odd_postal_code(address: Address) -> str:
    """Return the shape that a postal code lacks in its country, in words; "" where it has it, or nobody knows."""
    shape, words = POSTAL_CODES.get(address.country.strip().upper(), ("", ""))
    code = plain(address.postal_code)
    return "" if not code or not shape or re.fullmatch(shape, code, re.ASCII) else words


def missing(address: Address, *, vital: bool = False) -> list[str]:
    """Return the names of the fields that have to be filled in; none when it is fit to be shipped to.

    A company may stand for a name, and one of the three lines is a street: which one does not matter.
    """
    lacks = []
    if not (address.name.strip() or address.company.strip()):
        lacks.append("name")
    if not (address.line1.strip() or address.line2.strip() or address.line3.strip()):
        lacks.append("line1")
    country = address.country.strip().upper()
    if not country:
        lacks.append("country")
    if vital or not country:
        return lacks
    if country not in NO_CITY and not (address.city.strip() or address.district.strip()):
        lacks.append("city")
    if country in POSTAL_CODE_NEEDED and not address.postal_code.strip():
        lacks.append("postal_code")
    if country in STATE_NEEDED and not address.state.strip():
        lacks.append("state")
    return lacks


def tell(lacks: list[str]) -> str:
    """Return “a name and a postal code”."""
    *first, last = [WORDS[name] for name in lacks]
    return f"{', '.join(first)} and {last}" if first else last
