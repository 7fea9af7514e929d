"""Columns that hold sealed values, and say which row a value belongs to: so every one is found when keys change.

To the database they are no other columns. A column of ours that holds bytes and is none of these is named with its
reason in tests/management/test_rotate_keys.py.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models


class SealedField(models.BinaryField):
    """A column for what the vault sealed.

    ``bound_to`` is a template of ``row``, such as ``"note:{row.pk}"``: what the value is authenticated with. ``needs``
    names the relation that it reads.
    """

    def __init__(self, *args: Any, bound_to: str = "", needs: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound_to, self.needs = bound_to, needs

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


def bound_to(row: models.Model, column: str) -> str:
    """Return what the value in a sealed column of this row is bound to."""
    field = row._meta.get_field(column)
    assert isinstance(field, SealedField)
    return field.bound_to.format(row=row)


def sealed_fields() -> Iterator[tuple[type[models.Model], SealedField]]:
    """Return every sealed column there is, with its model."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield model, field
