import pytest
from hypothesis import given
from hypothesis import strategies as st

from carts.marketplaces.amazon.carriers import CODES, carrier_code


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
        ("DHL Express", "DHL"),
        ("royal mail", "Royal Mail"),
        ("Hermes", "Hermes Logistik Gruppe"),
        ("Japan Post", "JP_EXPRESS"),
    ],
)
def test_a_carrier_is_found_however_it_is_written(name: str, code: str) -> None:
    assert carrier_code(name) == (code, code)


def test_a_carrier_amazon_does_not_know_goes_by_its_name() -> None:
    assert carrier_code("  Mug  Express ") == ("Other", "Mug Express")


def test_no_carrier_at_all_still_has_a_name_because_amazon_wants_one() -> None:
    assert carrier_code("") == ("Other", "Other")
    assert carrier_code("other") == ("Other", "other")


@pytest.mark.parametrize("code", CODES)
def test_every_code_finds_itself(code: str) -> None:
    found, _ = carrier_code(code)

    assert found.casefold().replace(" ", "") == code.casefold().replace(" ", "")


@given(st.text())
def test_any_text_gets_a_code_and_a_name_without_nul(name: str) -> None:
    code, shown = carrier_code(name)

    assert code
    assert shown
    assert "\x00" not in shown
