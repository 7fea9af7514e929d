"""Money is a decimal and a currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_precision, get_territory_currencies, list_currencies


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def parse_money(amount: str | int, currency: str) -> Money:
    """Return what a vendor wrote as a decimal string, with every digit it had.

    Raises ValueError for anything that is not a finite decimal number or has no three-letter currency.
    """
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        raise ValueError(f"{amount!r} is not an amount") from None
    if not value.is_finite():
        raise ValueError(f"{amount!r} is not an amount")
    if len(currency) != 3 or not currency.isalpha():
        raise ValueError(f"{currency!r} is not a currency code")
    return Money(value, currency.upper())


def is_currency(code: str) -> bool:
    """Whether some country pays, or paid, with it."""
    return code in list_currencies() and code not in ("XXX", "XTS")  # none, and for tests


@lru_cache(maxsize=1)
def currencies() -> list[tuple[str, str]]:
    """Return the currencies that some country pays with today, as choices."""
    paid = {code for territory in Locale("en").territories for code in _paid_in(str(territory))}
    names = Locale("en").currencies
    return [(code, f"{code} {names.get(code, '')}".strip()) for code in sorted(paid)]


def _paid_in(territory: str) -> list[str]:
    return list(get_territory_currencies(territory)) if len(territory) == 2 else []


def minor_digits(currency: str) -> int:
    """Return how many digits a currency has after the point in daily use; two where nobody knows it."""
    return get_currency_precision(currency)


def divide(money: Money, parts: int) -> list[Money]:
    """Return equal parts whose sum is exact: what cannot be divided goes to the first ones, a smallest coin each.

    Raises ValueError for an amount its currency has no coins for.
    """
    digits = minor_digits(money.currency)
    coins = money.amount.scaleb(digits)
    if coins != coins.to_integral_value():
        raise ValueError(f"{money} has more digits than its currency")
    each, left = divmod(int(coins), parts)
    return [Money(Decimal(each + (place < left)).scaleb(-digits), money.currency) for place in range(parts)]
