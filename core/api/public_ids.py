"""Numbers of rows as programs see them: with what they are of in front, "ord_12", so that none is taken for another."""

import re

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from core.api.problems import in_query

ORDER, LINE, CART, MERCHANT, WAREHOUSE = "ord", "line", "cart", "mer", "wh"
SHIPMENT, PACKAGE, METHOD, LISTING = "shp", "pkg", "mth", "itm"
ALERT, EVENT, LEVEL = "alr", "evt", "lvl"
LARGEST = 2**63 - 1
# What stands in paths, by the name of its argument.
IN_PATHS = {
    "order_id": ORDER,
    "cart_id": CART,
    "merchant_id": MERCHANT,
    "warehouse_id": WAREHOUSE,
    "shipment_id": SHIPMENT,
}


def write(prefix: str, number: int) -> str:
    return f"{prefix}_{number}"


def read(prefix: str, text: str) -> int:
    """Return the number. Raises ValueError for what is no such ID."""
    found = re.fullmatch(rf"{prefix}_([1-9][0-9]{{0,18}})", text, re.ASCII)
    if found is None or int(found[1]) > LARGEST:
        raise ValueError(f"This is not an ID like {prefix}_12.")
    return int(found[1])


def parameter(name: str, prefix: str, description: str = "") -> OpenApiParameter:
    """Return such an ID in a query, for the schema."""
    return OpenApiParameter(name, _shape(prefix), description=description or f"Only those of this {name}.")


def in_path(name: str) -> OpenApiParameter:
    """Return such an ID in a path, for the schema."""
    return OpenApiParameter(name, _shape(IN_PATHS[name]), "path")


def _shape(prefix: str) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{prefix}_[1-9][0-9]{{0,17}}$", "example": f"{prefix}_12"}


def read_parameter(request: Request, name: str, prefix: str) -> int:
    """Return the number of an ID in the query. Raises Problem."""
    try:
        return read(prefix, request._request.GET.get(name, ""))
    except ValueError as error:
        raise in_query(name, str(error)) from None


class PublicIdField(serializers.CharField):
    """An ID in a body or an answer: a number inside, "ord_12" outside. ``required`` and ``allow_null`` as usual."""

    def __init__(self, prefix: str, **kwargs: object) -> None:
        self.prefix = prefix
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def to_internal_value(self, data: object) -> int:  # type: ignore[override]
        if not isinstance(data, str):
            raise serializers.ValidationError(f"This must be an ID like “{self.prefix}_12”, as text.")
        try:
            return read(self.prefix, data)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None

    def to_representation(self, value: int) -> str:  # type: ignore[override]
        return write(self.prefix, value)


class IdConverter:
    """An ID in a path: ``<ord:order_id>`` once registered. Another shape leads nowhere, like an ID that isn't there."""

    prefix = ""
    regex = ""

    def to_python(self, value: str) -> int:
        return read(self.prefix, value)

    def to_url(self, value: int) -> str:
        return write(self.prefix, value)


def converter(prefix: str) -> type[IdConverter]:
    """Return what Django's ``register_converter`` takes."""
    return type(f"{prefix.title()}Id", (IdConverter,), {"prefix": prefix, "regex": rf"{prefix}_[1-9][0-9]{{0,18}}"})
