"""Where messages go, and what became of each of them."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.accounts.models import Merchant, OwedQuerySet, Owned, OwnedQuerySet, User
from core.activity.models import Event
from core.common import vault
from core.common.errands import Errand, indexes
from core.common.sealed_field import SealedField, bound_to


class EndpointQuerySet(OwnedQuerySet["Endpoint"]):
    def present(self) -> Self:
        return self.filter(removed_at=None)

    def in_use(self) -> Self:
        """Those that messages are sent to."""
        return self.present().filter(disabled_at=None)


BOUND_TO = "webhook_endpoint:{row.organization_id}:{row.key}"


class Shape(models.TextChoices):
    """What a message looks like, and what there are messages about."""

    STANDARD = "standard", "Standard Webhooks, for programs"
    SLACK = "slack", "Slack, Mattermost or Rocket.Chat: alerts"
    TEAMS = "teams", "Microsoft Teams: alerts"


class Endpoint(Owned):
    """A server that is told what happens, of the organization or of one merchant."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, blank=True, related_name="+")  # None: of all
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # what its secrets are bound to, and its messages made of
    url = models.CharField(max_length=500)
    shape = models.CharField("format", max_length=8, choices=Shape, default=Shape.STANDARD)
    urgent_only = models.BooleanField("urgent alerts only", default=False)  # of a chat
    types: Any = models.JSONField(default=list)  # the messages it wants, by name; empty: all of them
    secret = SealedField(bound_to=BOUND_TO)
    former_secret = SealedField(null=True, bound_to=BOUND_TO)  # messages are signed with both for a while
    former_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    first_event = models.BigIntegerField()  # it is told what is in the log from this number on
    ailing_since = models.DateTimeField(null=True)  # it has taken nothing since
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True)

    # A replay on its way, from the newest event to the oldest: see replays.py.
    replay_since = models.DateTimeField(null=True)
    replay_before = models.BigIntegerField(null=True)
    replay_all = models.BooleanField(default=False)  # also what was delivered

    objects: ClassVar[Any] = EndpointQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-id"], name="endpoints_of_a_3pl"),
            models.Index(fields=["id"], condition=models.Q(replay_since__isnull=False), name="endpoints_with_a_replay"),
        ]

    def __str__(self) -> str:
        return self.host

    def get_absolute_url(self) -> str:
        return reverse("webhooks:endpoint", args=[self.pk])

    @property
    def host(self) -> str:
        """The server's name: what may be shown where the whole address may not."""
        return urlsplit(self.url).netloc

    @property
    def is_on(self) -> bool:
        return self.disabled_at is None and self.removed_at is None

    @property
    def status(self) -> tuple[str, str]:
        """A word and a tone."""
        if self.disabled_at:
            return "Off", "calm" if not self.disabled_because else "bad"
        return ("Failing", "warn") if self.ailing_since else ("On", "good")

    @property
    def is_chat(self) -> bool:
        """Whether people read it: it is told alerts, and nothing of what else happens."""
        return self.shape != Shape.STANDARD

    def wants(self, type_name: str, merchant_id: int | None) -> bool:
        if self.is_chat:
            return False
        of_ours = self.merchant_id is None or self.merchant_id == merchant_id
        return of_ours and (not self.types or type_name in self.types)

    def seal(self, secret: str) -> bytes:
        return _ring().seal_text(secret, bound_to=bound_to(self, "secret"))

    def secrets(self, now: datetime) -> Sequence[str]:
        """Return what messages are signed with, the newest first. Raises Unopenable."""
        kept = [self.secret]
        if self.former_secret and self.former_until and self.former_until > now:
            kept.append(self.former_secret)
        return [_ring().open_text(each, bound_to=bound_to(self, "secret")) for each in kept]

    def message_id(self, event_id: int) -> str:
        """Return the one id that a message about an event has at this endpoint, whenever it is written."""
        return f"msg_{uuid.uuid5(self.key, f'event-{event_id}').hex}"


class DeliveryQuerySet(OwedQuerySet["Delivery"]):  # type: ignore[override]
    def sendable(self, now: datetime) -> Self:
        """What is due, but for endpoints that are off: theirs waits."""
        return self.due(now).filter(endpoint__disabled_at=None, endpoint__removed_at=None)

    def undelivered(self) -> Self:
        """What the endpoint has not taken since it was last owed."""
        return self.exclude(pk__in=self.done())


class Delivery(Errand, Owned):
    """One message to one endpoint: owed by what happened, and sent at least once with one id."""

    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="deliveries", db_index=False
    )  # see deliveries_of_an_endpoint
    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="+", db_index=False)  # None: a test
    message_id = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=40)
    body = models.TextField()  # the same at every attempt: a receiver may compare them
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    # Of the last attempt.
    tries = models.PositiveIntegerField(default=0)  # all there were
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # none when no answer came
    answer = models.CharField(max_length=500, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)

    objects: ClassVar = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook messages"
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="one_message_per_event_and_endpoint")]
        indexes = [
            *indexes("deliveries_owed", "endpoint"),
            models.Index(fields=["endpoint", "-id"], name="deliveries_of_an_endpoint"),
            models.Index(fields=["made_at"], name="deliveries_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class LogPosition(models.Model):
    """How far the activity log was read for webhooks: one row (log_reader.py)."""

    ONLY: ClassVar[int] = 1

    read_to = models.BigIntegerField(default=0)
    gaps: Any = models.JSONField(default=list)  # log_gaps.py

    def __str__(self) -> str:
        return f"read to {self.read_to}"


def _ring() -> vault.Vault:
    return vault.ring(tuple(settings.VAULT_KEYS))
