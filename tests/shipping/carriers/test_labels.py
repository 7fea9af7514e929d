"""Tracking numbers in their carrier's form. The numbers are published examples, or made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipping.carriers.labels import search_forms, tracking_form
from shipping.carriers.tracking_numbers import FORMATS, doubt

USPS = "9205590141079401000009"
UPS = "1Z5R89390357567127"


@pytest.mark.parametrize(
    "typed",
    [
        "9205 5901 4107 9401 0000 09",
        " 9205590141079401000009\t",
        "9205\u00a05901\u00a04107\u00a09401\u00a00000\u00a009",
        "9205-5901-4107-9401-0000-09",
        "9205\u20115901\u20134107\u20149401 0000 09",
        "\u200b92055901\u200d41079401000009\ufeff",
        "\u202d9205590141079401000009\u202c",
        "９２０５５９０１４１０７９４０１００００09",
        "٩٢٠٥٥٩٠١٤١٠٧٩٤٠١٠٠٠٠٠٩",
        f"42090210{USPS}",
        f"420902101234{USPS}",
        f"42090210\x1d{USPS}",
        f"]C142090210\x1d{USPS}",
        f"(420) 90210 (92) {USPS[2:]}",
    ],
)
@pytest.mark.parametrize("carrier", ["USPS", "usps", "USPS Priority Mail", "United States Postal Service"])
def test_a_number_of_the_post_is_the_same_however_it_comes(typed: str, carrier: str) -> None:
    assert tracking_form(typed, carrier=carrier) == USPS


def test_a_barcode_of_34_digits_is_taken_apart_where_the_check_digit_says() -> None:
    """Nine digits of ZIP code and 22, or five and 26: as long as each other."""
    long = "92001234567890123456789016"
    long = next(long[:-1] + digit for digit in "0123456789" if not doubt(long[:-1] + digit, carrier="USPS"))

    assert tracking_form(f"42090210{long}", carrier="USPS") == long
    assert tracking_form(f"420902101234{USPS}", carrier="USPS") == USPS


@pytest.mark.parametrize(
    "carrier", ["OSM", "Pitney Bowes", "UPS Mail Innovations", "DHL eCommerce", "FedEx SmartPost", ""]
)
def test_who_hands_parcels_to_the_post_has_its_barcode_too(carrier: str) -> None:
    assert tracking_form(f"42090210{USPS}", carrier=carrier) == USPS


@pytest.mark.parametrize(
    ("carrier", "typed", "form"),
    [
        ("UPS", "1z 5r8 939 03 5756 7127", UPS),
        ("UPS Ground", "1Z-5R8-939-03-5756-7127", UPS),
        ("UPS", "１Ｚ５Ｒ８９３９０３５７５６７１２７", UPS),
        ("UPS", f"'{UPS}", UPS),
        ("UPS", f'="{UPS}"', UPS),
        ("UPS", f"https://www.ups.com/track?tracknum={UPS}&loc=en_US", UPS),
        ("USPS", f"https://tools.usps.com/go/TrackConfirmAction?tLabels={USPS}", USPS),
        ("USPS", f"USPS {USPS}", USPS),
        ("FedEx", "986578788855.0", "986578788855"),
        ("FedEx", "#986578788855;", "986578788855"),
        ("UPS", f"[)>\x1e01\x1d96{UPS}\x1dUPSN\x04", UPS),
        ("FedEx", "9865 7878 8855", "986578788855"),
        ("FedEx", "9622001900000000000000776632517510", "776632517510"),
        ("FedEx", "1001921334250001000300779017972697", "779017972697"),
        ("FedEx Ground", "9611020987654312345672", "987654312345672"),
        ("FEDEX", "9632 0019 6000 0000 0004 0015 2152 1521 58", "152152152158"),
        ("DHL", "(J) JD01 4600 0096 5432 1", "JJD014600009654321"),
        ("DHL", "jjd014600009654321", "JJD014600009654321"),
        ("DHL Paket", "(00) 340434161094022115", "00340434161094022115"),
        ("DHL", "]C100340434161094022115", "00340434161094022115"),
        ("DHL Parcel", "3s devc 1234567", "3SDEVC1234567"),
        ("DHL Express", "33 1881 0025", "3318810025"),
        ("DPD", "%0081827 0998 0000 0200 33 350 276 C", "09980000020033"),
        ("DPD UK", "008182709980000020033350276C", "09980000020033"),
        ("DPD", "0998 0000 0200 33", "09980000020033"),
        ("GLS", "zq 1234 ab", "ZQ1234AB"),
        ("Royal Mail", "rb 123 456 785 gb", "RB123456785GB"),
        ("Royal Mail", "JGB 01123456RB123456785GB000000", "RB123456785GB"),
        ("Deutsche Post", "RB 12 345 678 5DE", "RB123456785DE"),
        ("Yamato", "1234-5678-9013", "123456789013"),
        ("ヤマト運輸", "１２３４－５６７８－９０１３", "123456789013"),
        ("SAGAWA", "a123456789013a", "123456789013"),
        ("Canada Post", "0073 9380 0054 9297", "0073938000549297"),
        ("OnTrac", "c 1103 1500 001879", "C11031500001879"),
        ("LaserShip", "1ls7119013618127-1", "1LS7119013618127-1"),
        ("Amazon Shipping", "tba 502 887 274 000", "TBA502887274000"),
        ("Yun Express", "yt 2012 3456 7890 1234", "YT2012345678901234"),
    ],
)
def test_a_label_is_read_as_its_carrier_writes_the_number(carrier: str, typed: str, form: str) -> None:
    assert tracking_form(typed, carrier=carrier) == form
    assert doubt(form, carrier=carrier) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  PQ 4F6P 0603 0300 8012 3456 7  ", "PQ4F6P06030300801234567"),
        ("ab12 3456", "ab123456"),  # the case is the carrier's
        ("BOX 7 of 12", "BOX 7 of 12"),
        ("Tür 3,\u00a0 links", "Tür 3, links"),
        ("by hand\n", "by hand"),
        ("M-1", "M-1"),
        ("🦄 أهلاً", "🦄 أهلاً"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_what_nobody_recognizes_is_kept_as_it_was_written(typed: str, kept: str) -> None:
    assert tracking_form(typed, carrier="Mule & Sons") == kept


def test_a_mistyped_number_is_not_mangled_and_still_doubted() -> None:
    form = tracking_form("1z 5r89390357567128", carrier="UPS")

    assert form == "1Z5R89390357567128"
    assert doubt(form, carrier="UPS")


@given(number=st.text(max_size=80), carrier=st.sampled_from([*sorted(FORMATS), "", "Mule"]))
def test_a_form_stays_what_it_is(number: str, carrier: str) -> None:
    form = tracking_form(number, carrier=carrier)

    assert tracking_form(form, carrier=carrier) == form
    assert len(form) <= len(number)


@given(digits=st.text("0123456789", min_size=8, max_size=40), carrier=st.sampled_from([*sorted(FORMATS), "", "Mule"]))
def test_digits_are_never_changed_only_what_stands_around_the_number_goes(digits: str, carrier: str) -> None:
    assert tracking_form(digits, carrier=carrier) in digits


def test_a_search_looks_for_the_form_and_for_what_was_typed() -> None:
    assert search_forms("9205 5901 41") == ["9205 5901 41", "9205590141"]
    assert USPS in search_forms(f"42090210{USPS}")
    assert search_forms("1234-5678-9013") == ["1234-5678-9013", "123456789013"]
    assert search_forms("113-12") == ["113-12"]
