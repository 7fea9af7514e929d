"""Formats of tracking numbers. The numbers are published examples of the carriers' formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipping.carriers.tracking_numbers import FORMATS, doubt, ups_number

RIGHT = [
    ("UPS", "1Z5R89390357567127"),
    ("UPS", "1Z879E930346834440"),
    ("UPS", "1Z410E7W0392751591"),
    ("UPS", "1z 8V92A7 03 6720302 4"),
    ("UPS", "1Z-999-AA1-01-2345678-4"),
    ("UPS", "1Z410E7W039275159 1"),
    ("FedEx", "986578788855"),
    ("FedEx", "041441760228964"),
    ("FedEx", "568283610012734"),
    ("FedEx", "000123450000000027"),
    ("FedEx", "61299998820821171811"),
    ("FedEx", "9261292700768711948021"),
    ("FedEx", "9611020987654312345672"),
    ("FedEx", "1001921334250001000300779017972697"),
    ("FedEx", "9622001900000000000000776632517510"),
    ("USPS", "9400 1112 0108 0805 4830 16"),
    ("USPS", "9361289878700317633795"),
    ("USPS", "03071790000523483741"),
    ("USPS", "71969010756003077385"),
    ("USPS", "420221539101026837331000039521"),
    ("USPS", "RB123456785US"),
    ("DHL", "3318810025"),
    ("DHL", "73891051146"),
    ("DHL", "JJD0099999999"),
    ("DHL", "GM2951173225174494"),
    ("OnTrac", "C11031500001879"),
    ("OnTrac", "D10011354453707"),
    ("LaserShip", "1LS717793482164"),
    ("LaserShip", "1LS7119013618127-1"),
    ("LaserShip", "LX17635036"),
    ("Amazon", "TBA502887274000"),
]
MISTYPED = [
    ("UPS", "1Z5R89390357567128"),
    ("FedEx", "996578788855"),
    ("FedEx", "568283610012732"),
    ("FedEx", "1001901781990001000300617767839438"),
    ("USPS", "03071790000523483742"),
    ("USPS", "9400111201080805483017"),
    ("USPS", "RB123456786US"),
    ("DHL", "3318810010"),
    ("OnTrac", "C11031500001889"),
    ("OnTrac", "D10011345983012"),
]
STRANGE = [
    ("UPS", "2Z5R89390357567127"),
    ("UPS", "1Z5R8939035756712"),
    ("UPS", "🦄"),
    ("UPS", "١Z5R89390357567127"),
    ("USPS", "12345"),
    ("DHL", "XJD0099999998"),
    ("LaserShip", "1LS7119013618127-2"),
    ("Amazon", "TBA50288727400A"),
    ("Amazon", "000000000001"),
]


@pytest.mark.parametrize(("carrier", "number"), RIGHT)
def test_a_number_of_the_carrier_raises_no_doubt(carrier: str, number: str) -> None:
    assert doubt(number, carrier=carrier) == ""


@pytest.mark.parametrize(("carrier", "number"), MISTYPED)
def test_a_wrong_check_digit_is_named(carrier: str, number: str) -> None:
    assert doubt(number, carrier=carrier).startswith(f"Its check digit is wrong for {carrier}")


@pytest.mark.parametrize(("carrier", "number"), STRANGE)
def test_a_number_of_another_shape_is_named(carrier: str, number: str) -> None:
    assert doubt(number, carrier=carrier) == f"It doesn't look like a {carrier} tracking number."


@pytest.mark.parametrize(
    ("carrier", "number", "other"),
    [
        ("UPS", "9400 1112 0108 0805 4830 16", "USPS"),
        ("UPS", "420221539400111201080805483016", "USPS"),
        ("UPS Ground", "9400111201080805483016", "USPS"),
        ("FedEx", "9400111201080805483016", "USPS"),
        ("DHL", "9400111201080805483016", "USPS"),
        ("FedEx", "1Z5R89390357567127", "UPS"),
        ("USPS", "1Z5R89390357567127", "UPS"),
        ("DHL", "1Z5R89390357567127", "UPS"),
        ("GLS", "1Z5R89390357567127", "UPS"),
        ("UPS", "986578788855", "FedEx"),
        ("USPS", "9611020987654312345672", "FedEx"),
        ("UPS", "JJD0099999999", "DHL"),
        ("UPS", "TBA502887274000", "Amazon"),
    ],
)
def test_a_number_of_another_carrier_is_named_with_that_carrier(carrier: str, number: str, other: str) -> None:
    assert doubt(number, carrier=carrier).startswith(f"This is a number of {other}, and the package goes by ")


def test_what_other_carriers_hand_to_the_post_has_the_posts_number() -> None:
    for carrier in ("UPS", "DHL", "FedEx", "USPS"):
        assert doubt("9261292700768711948021", carrier=carrier) == ""


@pytest.mark.parametrize("carrier", ["UPS", "ups ", "United Parcel Service", "UPSN", "U.P.S."])
def test_a_carrier_is_known_by_every_name_people_use(carrier: str) -> None:
    assert doubt("12345", carrier=carrier)


@pytest.mark.parametrize("carrier", ["Correos", "", "Yamato", "🦄"])
def test_an_unknown_carrier_is_not_checked(carrier: str) -> None:
    assert doubt("anything at all", carrier=carrier) == ""


def test_a_known_code_does_not_speak_for_another_carrier() -> None:
    assert doubt("12345", carrier="Correos", scac="UPSN") == ""
    assert doubt("12345", carrier="", scac="UPSN")


@given(shipper=st.text("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", min_size=6, max_size=6), package=st.integers(0, 9_999_999))
def test_one_digit_mistyped_is_always_seen(shipper: str, package: int) -> None:
    number = ups_number(shipper, package)

    assert doubt(number, carrier="UPS") == ""
    assert doubt(number[:-1] + str((int(number[-1]) + 1) % 10), carrier="UPS")


@given(carrier=st.sampled_from(sorted(FORMATS)), number=st.text(max_size=80))
def test_any_text_is_answered(carrier: str, number: str) -> None:
    assert isinstance(doubt(number, carrier=carrier), str)
