"""What has a date and no end of its own: each kind with the reason why it stays. The rest: core/common/lifetimes.py.

All of it goes with a merchant who leaves, where it is a merchant's (off_boarding).
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from core.common import lifetimes

Model = type[models.Model]

STAYS: dict[str, tuple[str, ...]] = {
    "Sums of performance by day and month, and calls to warehouses by day: numbers only, about nobody": (
        "shipping.CartDay", "shipping.DaySum", "shipping.MonthSum", "shipping.SummedMonth", "shipping.SumsMark",
        "shipping.WarehouseTraffic",
    ),
    "Carts, authorizations, warehouses and settings: until you change or archive them": (
        "accounts.Organization", "accounts.Merchant", "carts.Cart", "carts.Grant", "carts.LinkOutcome",
        "shipping.Warehouse",
        "shipping.CarrierCode", "shipping.CurrencyRate", "shipping.ItemAlias", "shipping.KitComponent",
        "shipping.WarehouseAccount", "files.FileColumns", "files.FileFolder", "files.SftpServer", "webhooks.Endpoint",
        "inventory.ShelfPolicy",
    ),
    "What is in stock, and what each listing was last told: replaced by what is newer": (
        "inventory.StockLevel", "inventory.StockUpdate", "alerts.Storm",
    ),
    "People and what they chose: until they are removed, or end it themselves": (
        "accounts.User", "alerts.Subscription", "alerts.Preference", "api.ApiKey", "mfa.Authenticator",
    ),
    "Names of files that were taken, so that none is taken twice": ("files.KeptFile",),
    "Who had a merchant deleted, when, and how many rows: the evidence, without a name": ("accounts.Departure",),
    "How the portal itself runs": (
        "upkeep.Heartbeat", "upkeep.Installation", "upkeep.KnownKey", "upkeep.KeptFinding",
    ),
}  # fmt: skip


def unexplained() -> Iterator[str]:
    """Yield the models with a date that neither end, nor are part of what ends, nor are told here."""
    ending = {each.model for each in lifetimes.declared()}
    told = {label for labels in STAYS.values() for label in labels}
    for model in apps.get_models():
        dated = any(isinstance(field, models.DateField) for field in model._meta.concrete_fields)
        if dated and not _is_part_of(model, ending, told):
            yield model._meta.label


def _is_part_of(model: Model, ending: set[Model], told: set[str]) -> bool:
    """Whether it ends or is told, or is deleted with something that does."""
    if model in ending or model._meta.label in told:
        return True
    parents = [
        field.related_model
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    ]
    return any(parent is not model and _is_part_of(parent, ending, told) for parent in parents)
