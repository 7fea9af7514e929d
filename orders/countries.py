"""Countries by their ISO 3166-1 codes, as an address names them, in the order of their names."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import ClassVar

from babel import Locale
from django_countries import Countries, countries

from core.common import dated_lists


class AddressCountries(Countries):
    """All of ISO 3166-1, and Kosovo, which carriers serve under the code that Amazon uses."""

    # Where the standard writes a longer name than people and carriers do.
    override: ClassVar[dict[str, str]] = {
        "BS": "Bahamas",
        "CI": "Côte d’Ivoire",
        "FK": "Falkland Islands",
        "NR": "Nauru",
        "ST": "São Tomé and Príncipe",
        "US": "United States",
        "XK": "Kosovo",
    }


NAMES: dict[str, str] = {code: str(name) for code, name in AddressCountries()}

# Where carriers take no address without a postal code or a state, and the cities that are countries, or stand in the
# lines as often as not: addresses there need name no other.
PARTS = dated_lists.load(Path(__file__).parent / "address_parts.json")
POSTAL_CODE_NEEDED = frozenset(PARTS.content["postal_code"])
STATE_NEEDED = frozenset(PARTS.content["state"])
NO_CITY = frozenset(PARTS.content["no_city"])

# What people write for a country, and the languages of the marketplaces they may write it in.
WORDS = dated_lists.load(Path(__file__).parent / "country_words.json")
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "sv", "tr")


@cache
def _by_word() -> dict[str, str]:
    """Return the code of every word we know. Codes win over names, and our own words over other languages'."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        found |= {plain(territories[code]): code for code in NAMES if code in territories}
    found |= {plain(name): code for code, name in NAMES.items()}
    found |= {plain(word): code for code, words in WORDS.content["words"].items() for word in words}
    found |= {plain(countries.alpha3(code)): code for code in NAMES if countries.alpha3(code)}
    return found | {plain(code): code for code in NAMES}


def plain(word: str) -> str:
    """Return a word as it is compared: without accents, blanks and points, in small letters."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", "", bare).casefold()


def code_of(word: str) -> str:
    """Return the ISO code of a country, by its code of two or three letters or any of its names. Empty: not known."""
    return _by_word().get(plain(word), "")


def as_code(word: str) -> str:
    """Return the code of a country, or what stood there where nobody knows it."""
    return word if word in NAMES else code_of(word) or word.strip().upper()
