"""Money is a decimal and a currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


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
