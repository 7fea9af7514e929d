"""How we get into a warehouse's system, and whose account each merchant has there."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from core.accounts.models import Owned, OwnedByMerchant, OwnedQuerySet
from core.common.names import NameField
from core.common.sealed_field import SealedField
from shipping.models.warehouse import Warehouse

BOUND_TO = "warehouse:{row.organization_id}:{row.warehouse_id}:"


class WarehouseAccess(Owned):
    """A warehouse's secrets, sealed to it (shipping/connection/secrets.py), and the token that they bought."""

    warehouse = models.OneToOneField(Warehouse, models.CASCADE, related_name="access")
    secrets = SealedField(bound_to=BOUND_TO + "secrets")
    token = SealedField(null=True, bound_to=BOUND_TO + "token")
    token_until = models.DateTimeField(null=True)
    refreshing_until = models.DateTimeField(null=True)  # one worker fetches another one at a time
    refused_at = models.DateTimeField(null=True)  # the credentials; until somebody enters others
    # What was seen when somebody last had it looked at: checks, accounts, ship methods (shipping/connection/look.py).
    found: Any = models.JSONField(default=dict)
    look_asked_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)

    objects: ClassVar = OwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"access to {self.warehouse_id}"

    @property
    def is_looking(self) -> bool:
        """Whether somebody asked for a look and none has come since."""
        asked = self.look_asked_at
        return asked is not None and (self.looked_at is None or self.looked_at < asked)


class WarehouseAccountQuerySet(OwnedQuerySet["WarehouseAccount"]):
    def at_work(self) -> Self:
        """Those of warehouses in use, and of merchants who do not leave."""
        return self.filter(warehouse__archived_at=None, merchant__leaves_at=None)

    def due(self, now: datetime) -> Self:
        """Those to ask what they shipped, while nobody asks and the credentials are taken."""
        free = self.at_work().filter(Q(asking_until=None) | Q(asking_until__lte=now))
        return free.filter(due_at__lte=now, warehouse__access__refused_at=None)

    def in_turn(self) -> Self:
        """Take turns between organizations, each of its own the longest due first."""
        turn = Window(RowNumber(), partition_by=[F("organization")], order_by=F("due_at").asc())
        return self.annotate(turn=turn).order_by("turn", "due_at")


class WarehouseAccount(OwnedByMerchant):
    """A merchant as a warehouse's system knows it: a customer there. What was shipped is asked for one by one."""

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="accounts")
    account = models.CharField(max_length=40)  # the system's own id
    name = NameField(max_length=120, blank=True)  # as it calls it
    due_at = models.DateTimeField()
    asking_until = models.DateTimeField(null=True)
    cursor = models.CharField(max_length=120, blank=True, default="")
    asked_at = models.DateTimeField(null=True)  # when it last answered
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    stock_due_at = models.DateTimeField(null=True)
    stock_at = models.DateTimeField(null=True)  # when its stock was last read

    objects: ClassVar = WarehouseAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "merchant"], name="one_account_per_merchant"),
            models.UniqueConstraint(fields=["warehouse", "account"], name="one_merchant_per_account"),
        ]
        indexes = [models.Index(fields=["due_at"], name="warehouse_accounts_due")]

    def __str__(self) -> str:
        return self.name or self.account
