"""Countries as an address names them."""

import pytest

from orders.countries import NAMES, NO_CITY, NO_POSTAL_CODE


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("US", "United States"),
        ("GB", "United Kingdom"),
        ("KR", "South Korea"),
        ("CI", "Côte d’Ivoire"),
        ("BS", "Bahamas"),
        ("CZ", "Czechia"),
        ("XK", "Kosovo"),
    ],
)
def test_a_country_is_called_what_people_call_it(code: str, name: str) -> None:
    assert NAMES[code] == name


def test_every_country_of_the_standard_is_there_and_kosovo() -> None:
    assert len(NAMES) == 249 + 1
    assert all(len(code) == 2 and code.isupper() for code in NAMES)
    assert len(set(NAMES.values())) == len(NAMES)


def test_countries_stand_in_the_order_of_their_names_whatever_the_accents() -> None:
    names = list(NAMES.values())

    assert names[:3] == ["Afghanistan", "Åland Islands", "Albania"]
    assert names.index("Tunisia") < names.index("Türkiye") < names.index("Turkmenistan")


def test_only_countries_we_know_go_without_postal_code_or_city() -> None:
    assert set(NAMES) >= NO_POSTAL_CODE
    assert set(NAMES) >= NO_CITY
