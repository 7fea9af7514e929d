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

# Where letters have no postal code, or commonly go without one: marketplaces let buyers leave it out there.
NO_POSTAL_CODE = frozenset({
    "AE", "AF", "AG", "AM", "AO", "AQ", "AW", "AZ", "BF", "BH", "BI", "BJ", "BO", "BQ", "BS", "BT", "BV", "BW", "BZ",
    "CD", "CF", "CG", "CI", "CK", "CL", "CM", "CO", "CR", "CW", "DJ", "DM", "DO", "EC", "EG", "ER", "FJ", "GA", "GD",
    "GE", "GH", "GM", "GN", "GQ", "GT", "GY", "HK", "HM", "HN", "HT", "IE", "IQ", "JM", "JO", "KE", "KH", "KI", "KM",
    "KN", "KP", "KW", "LA", "LB", "LC", "LY", "ML", "MM", "MO", "MR", "MW", "NG", "NI", "NP", "NR", "NU", "OM", "PA",
    "PE", "PS", "PY", "QA", "RW", "SA", "SB", "SC", "SL", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "TD", "TF", "TG",
    "TK", "TL", "TO", "TT", "TV", "UG", "VN", "VU", "WS", "YE", "ZW",
})  # fmt: skip
# Cities that are countries: addresses there name no other. Japan's write the city into the lines as often as not.
NO_CITY = frozenset({"GI", "HK", "JP", "MC", "MO", "SG", "VA"})
# Where carriers take no address without one.
STATE_NEEDED = frozenset({"AU", "BR", "CA", "US"})

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
