"""A row of any model that is a merchant's, with a word in its columns of text: for tests that look for what is left."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import models

from core.accounts.models import Merchant, Organization, User
from core.common import clock
from integration_manager.off_boarding.holdings import NOBODYS

# Where a column may not hold just anything.
RULES: dict[str, dict[str, Any]] = {
    "accounts.Membership": {"role": "seller"},
    "accounts.Departure": {"counts": {}},
    "carts.Cart": {"kind": "amazon", "place_id": "ATVPDKIKX0DER", "state": "live"},
    "carts.AccountReading": {"seller": {"stores": []}},
    "carts.Grant": {"kind": "amazon", "region": "NA", "state": "connected"},
    "alerts.Subscription": {"user": None},
    "alerts.Preference": {"user": None},
    "webhooks.Delivery": {"event": None},
}
numbers = count(1)


class Planter:
    """Makes one row of each model, for one merchant; what it points at is made as well."""

    def __init__(self, merchant: Merchant, word: str, by: User) -> None:
        self.word = word
        self._rows: dict[type[models.Model], Any] = {Organization: merchant.organization, Merchant: merchant, User: by}

    def row_of(self, model: type[models.Model], **given: Any) -> Any:
        if model in self._rows and not given:
            return self._rows[model]
        rules = {**RULES.get(model._meta.label, {}), **given}
        values = {
            field.attname if isinstance(value, int) and field.is_relation else field.name: value
            for field in model._meta.concrete_fields
            if (field.is_relation or not field.primary_key)
            and not field.generated
            and (value := rules[field.name] if field.name in rules else self._value(field)) is not None
        }
        row = model._default_manager.create(**values)
        self._rows.setdefault(model, row)
        return row

    def _value(self, field: "models.Field[Any, Any]") -> Any:
        word = "Northwind" if field.model._meta.label in NOBODYS else self.word
        if isinstance(field, models.ForeignKey):
            return self._target(field)
        if field.choices:
            return next(iter(field.flatchoices))[0]
        match field:
            case models.EmailField():
                return f"{word}{next(numbers)}@sellers.example".lower()
            case models.CharField() | models.TextField():
                return f"{next(numbers)}{word}"[: field.max_length]
            case models.DateTimeField():
                return None if field.null else clock.now()
            case models.DateField():
                return date(2026, 11, 29)
            case models.BooleanField():
                return False
            case models.DecimalField():
                return Decimal(1)
            case models.FloatField() | models.IntegerField():
                return None if field.null else next(numbers) % 30000
            case models.GenericIPAddressField():
                return "192.0.2.1"
            case models.UUIDField():
                return uuid4()
            case models.JSONField():
                return [] if field.default is list else {"word": word}
            case models.BinaryField():
                return word.encode()
        raise AssertionError(f"say in tests/planted_rows.py what stands in {field}")

    def _target(self, field: "models.ForeignKey[Any, Any]") -> Any:
        of_merchant = field.related_model in (Merchant, Organization)
        if field.null and not of_merchant and field.remote_field.on_delete is models.SET_NULL:
            return None
        return None if field.related_model is field.model else self.row_of(field.related_model)
