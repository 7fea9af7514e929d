"""What is a merchant's, table by table: found by how the models point at each other, so that a new one is in it.

A row is a merchant's where it names them; where it does not, when what it is part of is theirs. What names no merchant
and is part of nothing of theirs is told in NOBODYS, with the reason: a model that is nowhere fails the test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from core.accounts.models import Departure, Merchant, Organization, User

KEPT_TOGETHER = (models.CASCADE, models.PROTECT)
Model = type[models.Model]

# By the number of a thing, and deleted with that thing: deletion.py.
OF_A_SUBJECT = {"activity.Event", "activity.Exchange", "alerts.Trouble"}

NOBODYS = {
    "accounts.Organization": "the 3PL itself",
    "accounts.Logo": "the 3PL's own",
    "accounts.Departure": "the evidence, which names nobody",
    "accounts.User": "people: closed with their last membership",
    "accounts.FormerPassword": "of a person, goes with them",
    "accounts.ResetRequest": "deleted once it is answered",
    "accounts.LockOut": "digests, for two days",
    "activity.CallDay": "counts of a connection and a day",
    "activity.Forgetting": "stands in a transaction, and is never committed",
    "alerts.Preference": "of a person or an address, goes with the last subscription",
    "carts.Press": "when a button was pressed, for a day",
    "carts.LinkRequest": "deleted once it is answered",
    "orders.SavedFilter": "how people of the 3PL look at their lists",
    "orders.ListLayout": "how people of the 3PL look at their lists",
    "shipping.ShippingDraft": "what people of the 3PL filled in, for 7 days",
    "shipping.ShipmentBatch": "numbers of what people of the 3PL shipped at once; its orders go",
    "shipping.TrackingSheet": "a sheet of many merchants, for 7 days",
    "shipping.Warehouse": "the 3PL's own",
    "shipping.WarehouseAccess": "the 3PL's own",
    "shipping.WarehouseTraffic": "counts of a warehouse and a day",
    "shipping.ShipMethod": "the 3PL's own",
    "shipping.CarrierCode": "the 3PL's own",
    "shipping.FlowStep": "counts of the whole 3PL",
    "shipping.SumsMark": "the 3PL's own",
    "shipping.OrderSplitting": "the 3PL's own",
    "shipping.SummedMonth": "the 3PL's own",
    "shipping.CurrencyRate": "the 3PL's own",
    "webhooks.LogPosition": "a number",
    "upkeep.Heartbeat": "the portal's own",
    "upkeep.Installation": "the portal's own",
    "upkeep.KnownKey": "the portal's own",
    "upkeep.KeptFinding": "the portal's own",
}
LAST = ("accounts.Membership",)  # who left is known until nothing of theirs is left


@dataclass(frozen=True, slots=True)
class Holding:
    """The rows of a model that are a merchant's."""

    model: Model
    ways: tuple[str, ...]  # lookups that lead to the merchant

    @property
    def label(self) -> str:
        return self.model._meta.label

    def of(self, merchant: Merchant) -> "models.QuerySet[Any]":
        found = Q()
        for way in self.ways:
            found |= Q(**{way: merchant})
        return self.model._default_manager.filter(found)


@cache
def holdings() -> tuple[Holding, ...]:
    """Return everything a merchant may have, what points at something before what it points at."""
    held = {model: ways for model in apps.get_models() if (ways := _ways(model))}
    order: TopologicalSorter[Model] = TopologicalSorter(dict.fromkeys(held, ()))
    for model in held:
        for field in _parents(model):
            if field.related_model in held and field.related_model is not model:
                order.add(field.related_model, model)
    found = [Holding(model, held[model]) for model in order.static_order()]
    return tuple(sorted(found, key=lambda each: each.label in LAST))


def subject_models() -> Iterator[Model]:
    """Yield the models whose rows are about a thing that is named by its kind and number."""
    for model in apps.get_models():
        if {"subject_kind", "subject_id", "organization"} <= {field.name for field in model._meta.fields}:
            yield model


def _ways(model: Model, seen: frozenset[Model] = frozenset()) -> tuple[str, ...]:
    if model in (Merchant, Organization, User, Departure):
        return ()
    ways = []
    for field in _parents(model):
        if field.related_model is Merchant:
            if not field.null:
                return (field.name,)
            ways.append(field.name)
        elif field.related_model not in seen and field.related_model is not model:
            ways += [f"{field.name}__{way}" for way in _ways(field.related_model, seen | {model})]
    return tuple(ways)


def _parents(model: Model) -> "Iterator[models.ForeignKey[Any, Any]]":
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete in KEPT_TOGETHER:
            yield field
