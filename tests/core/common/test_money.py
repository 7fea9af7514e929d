"""Money: a decimal and a currency."""

import pytest

from carts.marketplaces.amazon.places import PLACES
from core.common.money import minor_digits


@pytest.mark.parametrize(
    ("currency", "digits"), [("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("BHD", 3), ("QQQ", 2)]
)
def test_a_currency_has_as_many_digits_as_it_has_coins(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_what_is_paid_with_at_a_marketplace_has_cents_but_in_japan() -> None:
    currencies = {place.currency for place in PLACES.values()}

    assert {currency for currency in currencies if minor_digits(currency) != 2} == {"JPY"}
