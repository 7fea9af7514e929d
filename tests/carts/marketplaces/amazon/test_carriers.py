import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carts.marketplaces.amazon.carriers import (
    CODES,
    LIST,
    NAMES,
    OTHER,
    SOURCES,
    carrier_code,
    shown_as_told,
    spelled,
)
from carts.marketplaces.values import Dispatch


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ups", "UPS"),
        ("UPS", "UPS"),
        ("U.P.S.", "UPS"),
        ("United Parcel Service", "UPS"),
        ("UPSN", "UPS"),
        ("FedEx", "FedEx"),
        ("FEDEX", "FedEx"),
        ("Fed Ex", "FedEx"),
        ("FDEG", "FedEx"),
        ("usps", "USPS"),
        ("dhl", "DHL"),
        ("DHL Express", "DHL Express"),
        ("royal mail", "Royal Mail"),
        ("Hermes", "Hermes"),
        ("Japan Post", "Japan Post"),
    ],
)
def test_a_carrier_is_found_however_it_is_written(name: str, code: str) -> None:
    assert carrier_code(name) == (code, code)


def test_a_carrier_amazon_does_not_know_goes_by_its_name() -> None:
    assert carrier_code("  Mug  Express ") == ("Other", "Mug Express")


def test_no_carrier_at_all_still_has_a_name_because_amazon_wants_one() -> None:
    assert carrier_code("") == ("Other", "Other")
    assert carrier_code("other") == ("Other", "other")


def test_every_code_is_told_as_it_is_spelled() -> None:
    assert [code for code in CODES if carrier_code(code) != (code, code)] == []
    assert [code for code in CODES if spelled(code) != code] == []


@pytest.mark.parametrize(
    "written", [str.upper, str.lower, lambda code: code.replace(" ", "-"), lambda code: f" {code} "]
)
def test_every_code_is_found_by_its_name_in_any_spelling(written: Callable[[str], str]) -> None:
    assert [code for code in CODES if plain(carrier_code(written(code))[0]) != plain(code)] == []


def plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold())


def test_the_list_is_whole_and_says_where_each_code_is_from() -> None:
    assert len(CODES) > 380
    assert {source for sources in SOURCES.values() for source in sources} == set(LIST.content["sources"])
    assert all(SOURCES.values())
    assert OTHER not in SOURCES


def test_every_name_leads_to_a_code_of_the_list() -> None:
    for code, names in NAMES.content["names"].items():
        assert code in SOURCES
        assert [name for name in names if carrier_code(name)[0] != code] == []
    assert [each["name"] for each in NAMES.content["renamed"] if carrier_code(each["name"])[0] != each["code"]] == []
    assert {code for same in NAMES.content["same"] for code in same} <= set(CODES)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Purolator", "PUROLATOR"),
        ("Evri", "Hermes UK"),
        ("FedEx Ground Economy", "FedEx SmartPost"),
        ("UPSMI", "UPSMI"),
        ("DHL Global Mail", "DHL Global Mail"),
        ("DHL e-Commerce", "DHL eCommerce"),
        ("Pitney Bowes", "Newgistics"),
        ("TForce Freight", "UPS Freight"),
        ("Kühne + Nagel", "Kuehne+Nagel"),
        ("Yurtici Kargo", "Yurtiçi Kargo"),
        ("ヤマト運輸", "YAMATO"),
        ("ODFL", "Old Dominion"),
        ("UPS Ground", "UPS"),
        ("UPS 2nd Day Air", "UPS"),
        ("FedEx Priority Overnight", "FedEx"),
        ("Royal Mail Tracked 48", "Royal Mail"),
        ("USPS Ground Advantage", "USPS"),
    ],
)
def test_names_that_changed_and_names_with_a_service_are_known(name: str, code: str) -> None:
    assert carrier_code(name) == (code, code)


@pytest.mark.parametrize(
    "name", ["UPS Store Moving", "Royal Mules", "FedEx Custom Critical", "Go Green", "DX9", "Pine"]
)
def test_what_only_begins_like_a_carrier_is_not_told_as_it(name: str) -> None:
    assert carrier_code(name)[0] == OTHER


@pytest.mark.parametrize(
    ("shown", "told_code", "same"),
    [
        ("Hermes", "Hermes UK", True),
        ("Evri", "Hermes UK", True),
        ("Japan Post", "JP_EXPRESS", True),
        ("SENDLE", "Sendle", True),
        ("DHL eCommerce", "DHL Global Mail", True),
        ("Other", "Pigeon", True),
        ("Pigeon", "Pigeon", True),
        ("Mule", "Pigeon", False),
        ("Other", "UPS", False),
        ("USPS", "UPS", False),
    ],
)
def test_what_amazon_shows_may_be_another_name_of_what_it_was_told(shown: str, told_code: str, same: bool) -> None:
    dispatch = Dispatch("1", "", 1, told_code, "", "1", datetime(2026, 11, 20, tzinfo=UTC), [], told_code)

    assert shown_as_told(shown, dispatch) is same


@given(st.text())
def test_any_text_gets_a_code_and_a_name_without_nul(name: str) -> None:
    code, shown = carrier_code(name)

    assert code
    assert shown
    assert "\x00" not in shown
