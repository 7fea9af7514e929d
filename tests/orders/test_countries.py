"""Countries as an address names them."""

import pytest

from orders.countries import NAMES, NO_CITY, POSTAL_CODE_NEEDED, STATE_NEEDED, as_code, code_of


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


def test_what_an_address_needs_is_said_of_countries_there_are() -> None:
    assert set(NAMES) >= POSTAL_CODE_NEEDED | NO_CITY | STATE_NEEDED
    assert POSTAL_CODE_NEEDED >= STATE_NEEDED


@pytest.mark.parametrize("country", ["IE", "AE", "SA", "EG", "IL", "MC", "TH", "UY", "XK"])
def test_no_postal_code_is_asked_for_where_addresses_may_go_without(country: str) -> None:
    assert country not in POSTAL_CODE_NEEDED


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("UK", "GB"), ("uk", "GB"), ("U.K.", "GB"), ("ＵＫ", "GB"), ("Great Britain", "GB"), ("England", "GB"),
        ("scotland", "GB"), ("Northern Ireland", "GB"), ("GBR", "GB"), ("United Kingdom", "GB"),
        ("USA", "US"), ("U.S.", "US"), ("u.s.a.", "US"), ("United States of America", "US"), ("America", "US"),
        ("Deutschland", "DE"), ("DEU", "DE"), ("germany", "DE"), ("Allemagne", "DE"),
        ("EL", "GR"), ("Greece", "GR"), ("Holland", "NL"), ("The Netherlands", "NL"), ("AUT", "AT"),
        ("Österreich", "AT"), ("Osterreich", "AT"), ("España", "ES"), ("日本", "JP"), ("JPN", "JP"), ("Turkey", "TR"),
        ("Türkiye", "TR"), ("UAE", "AE"), ("Czech Republic", "CZ"), ("Ivory Coast", "CI"), ("South Korea", "KR"),
        (" \u00a0fr\u200b ", "FR"), ("Kosovo", "XK"),
        ("Atlantis", ""), ("1X", ""), ("ZZ", ""), ("", ""), ("Europe", ""), ("EU", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_codes_and_by_what_people_call_it(word: str, code: str) -> None:
    assert code_of(word) == code


def test_every_country_is_known_by_its_own_name_and_code() -> None:
    assert {code for code, name in NAMES.items() if (code_of(code), code_of(name)) != (code, code)} == set()


def test_a_word_nobody_knows_stays_so_that_nothing_else_is_meant_by_it() -> None:
    assert as_code(" zz ") == "ZZ"
    assert as_code("") == ""
