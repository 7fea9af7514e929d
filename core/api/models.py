"""Keys of programs, what they asked, and the answers kept for whoever asks the same again."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models

from core.accounts.access import Access, Role
from core.accounts.models import Merchant, Owned, OwnedQuerySet, User
from core.api.scopes import Scope
from core.common.names import NameField
from core.common.sealed_field import SealedField


class ApiKeyQuerySet(OwnedQuerySet["ApiKey"]):
    def usable(self, now: datetime) -> Self:
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now), revoked_at=None)


class ApiKey(Owned):
    """Lets a program in. Of its secret half only a digest is kept.

    A key is of the whole organization, or of one merchant; and of one warehouse or cart, named by their numbers: both
    lie above.
    """

    name = NameField(max_length=80)
    public_id = models.CharField(max_length=24, unique=True)  # "im_ab12cd34ef": shown, written to logs
    digest = models.CharField(max_length=64)  # of the secret
    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, blank=True, related_name="+")  # None: of all
    warehouse_id = models.BigIntegerField(null=True)  # None: of all
    cart_id = models.BigIntegerField(null=True)  # None: of all
    scopes: Any = models.JSONField(default=list)
    addresses: Any = models.JSONField(default=list)  # networks it may come from. Empty: from anywhere
    is_test = models.BooleanField(default=False)  # of an installation that talks to simulated marketplaces
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaced_by")
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    last_used_at = models.DateTimeField(null=True)
    calls = models.PositiveBigIntegerField(default=0)
    errors = models.PositiveBigIntegerField(default=0)  # of them, those that were refused or failed

    objects: ClassVar = ApiKeyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "-made_at", "-id"], name="api_keys_by_age")]

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"

    @property
    def access(self) -> Access:
        """What it sees: as somebody who may look and no more. What it may do beyond is said by its scopes."""
        role = Role.VIEWER if self.merchant_id is None else Role.SELLER
        return Access(user_id=0, organization=self.organization, role=role, merchant_id=self.merchant_id)

    @property
    def scope_names(self) -> list[str]:
        """Its scopes as people read them. One that an older version knew is shown as it is written."""
        known = dict(Scope.choices)
        return [str(known.get(each, each)) for each in self.scopes]

    def may(self, scope: Scope) -> bool:
        return scope.value in self.scopes

    def has_ended(self, now: datetime) -> bool:
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)

    def status(self, now: datetime) -> tuple[str, str]:
        """A word and a tone."""
        if self.revoked_at is not None:
            return "Revoked", "calm"
        if self.has_ended(now):
            return "Expired", "calm"
        return ("Ends soon", "warn") if self.expires_at else ("In use", "good") if self.calls else ("New", "busy")


class ApiCall(Owned):
    """One request by a key and how it was answered. Nothing of what was sent or answered. Kept for some days."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="log", db_index=False)  # see api_calls_of_a_key
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)  # without the query
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)  # of the problem it was answered with
    milliseconds = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)  # bytes
    sent = models.PositiveIntegerField(default=0)  # bytes
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "-id"], name="api_calls_of_a_key"),
            models.Index(fields=["at"], name="api_calls_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class KeptAnswer(models.Model):
    """The answer to a write that was sent with an Idempotency-Key: whoever sends it again gets the same."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", db_index=False)  # see one_answer_per_name
    name = models.CharField(max_length=255)  # as the client chose it
    digest = models.CharField(max_length=64)  # of method, path and body
    turn = models.UUIDField()  # whoever is at it
    turn_until = models.DateTimeField()
    answered = models.PositiveSmallIntegerField(null=True)  # with this status. None: still at it
    sealed = SealedField(default=bytes, bound_to="api-answer:{row.pk}")  # the body: claimed orders have addresses
    headers: Any = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="one_answer_per_name")]

    def __str__(self) -> str:
        return f"answer {self.pk} of key {self.key_id}"
