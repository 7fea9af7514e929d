"""Countries by their ISO 3166-1 codes, as an address names them, in the order of their names."""

from typing import ClassVar

from django_countries import Countries


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

# Where letters have no postal code, or may go without one.
NO_POSTAL_CODE = frozenset({
    "AE", "AG", "AO", "AQ", "AW", "BF", "BH", "BI", "BJ", "BO", "BQ", "BS", "BV", "BW", "BZ", "CD", "CF", "CG",
    "CI", "CK", "CM", "CW", "DJ", "DM", "EG", "ER", "FJ", "GA", "GD", "GH", "GM", "GN", "GQ", "GY", "HK", "HM",
    "IE", "JM", "JO", "KE", "KI", "KM", "KN", "KP", "KW", "LB", "LC", "LY", "ML", "MO", "MR", "MW", "NG", "NR",
    "NU", "OM", "PA", "QA", "RW", "SA", "SB", "SC", "SL", "SO", "SR", "SS", "ST", "SX", "SY", "TD", "TF", "TG",
    "TK", "TL", "TO", "TT", "TV", "UG", "VU", "WS", "YE", "ZW",
})  # fmt: skip
# Cities that are countries: addresses there name no other. Japan's write the city into the lines as often as not.
NO_CITY = frozenset({"GI", "HK", "JP", "MC", "MO", "SG", "VA"})
# Where carriers take no address without one.
STATE_NEEDED = frozenset({"AU", "BR", "CA", "US"})
