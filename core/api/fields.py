"""Values in bodies, each taken only as what it is: a number is no text, and a moment without a zone is none.

``Body`` is what a request's serializer inherits: a field it does not know is named and refused, so that no typing error
passes for an order left as it was.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Body(serializers.Serializer[Any]):
    """A JSON object with these fields and no others."""

    default_error_messages = {"invalid": "This must be an object."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            known = ", ".join(name for name, field in self.fields.items() if not field.read_only)
            said = f"There is no such field here. Known: {known}."
            raise serializers.ValidationError({str(name)[:100]: [said] for name in unknown[:20]})
        return super().to_internal_value(data)

    def run_validators(self, value: Any) -> None:
        """There are none for the whole of it: ``validate`` says what must go together."""


class Text(serializers.CharField):
    """Text, not a number. What is longer than its place, or not to be printed, is refused."""

    def __init__(self, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be text.")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A whole number, not written as text."""

    def __init__(self, min_value: int, max_value: int = 2**31 - 1, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("This must be a whole number, not text.")
        return int(super().to_internal_value(data))


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("This must be true or false.")
        return data


class Amount(serializers.DecimalField):
    """An amount of money, as text like "12.50": numbers of JSON are not exact."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=4, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be an amount written as text, like “12.50”.")
        return Decimal(super().to_internal_value(data))


class Moment(serializers.DateTimeField):
    """A moment with its zone: "2026-11-29T08:30:00Z"."""

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            raise serializers.ValidationError("This must be a moment like “2026-11-29T08:30:00Z”, as text.")
        try:
            return moment(value)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None


def moment(text: str, *, bounded: bool = True) -> datetime:
    """Return the moment in UTC. Raises ValueError with a sentence for what is none, or has no zone.

    ``bounded``: none before 2000 or after 2099 is taken.
    """
    try:
        found = parse_datetime(text.strip().upper()) if len(text) <= 40 else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError("This must be a moment like “2026-11-29T08:30:00Z”.")
    if found.tzinfo is None:
        raise ValueError("Say the zone: “Z” for UTC, or an offset like “-08:00”.")
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        found = found.replace(tzinfo=UTC)  # at the ends of time
    if bounded and not EARLIEST <= found < LATEST:
        raise ValueError("This must be a moment between the years 2000 and 2099.")
    return found
