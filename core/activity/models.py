"""What happened. Events are written once: the database refuses to change them."""

from typing import Any, ClassVar

from django.db import models

from core.accounts.models import Owned, User


class Event(Owned):
    """Something that happened to one thing: named in the past tense, with no personal data in its details.

    The thing is named, not pointed at: what happened stays when the thing goes, and this app knows no other.
    """

    kind = models.CharField(max_length=40)  # "order.downloaded"
    subject_kind = models.CharField(max_length=20)  # "order"
    subject_id = models.BigIntegerField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # empty: the portal itself
    at = models.DateTimeField()
    details: ClassVar[Any] = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="events_of_a_thing"),
            models.Index(fields=["organization", "-id"], name="events_of_an_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"


class Forgetting(Owned):
    """Events about a kind of thing may be deleted in the transaction that this stands in. It is never committed."""

    subject_kind = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"forgetting of {self.subject_kind}"


class Exchange(Owned):
    """One request to another server and its answer, scrubbed of tokens and personal data. Kept for some days.

    It is about the thing it was made for, an order for example, or about the connection alone.
    """

    connection = models.CharField(max_length=40)  # "grant-12"
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    operation = models.CharField(max_length=80)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)  # without the query
    status = models.PositiveSmallIntegerField(null=True)  # none when no answer came
    milliseconds = models.PositiveIntegerField()
    sent = models.PositiveIntegerField(null=True)  # bytes; none where nobody counted
    received = models.PositiveIntegerField(null=True)  # bytes, as they came over the wire
    request_id = models.CharField(max_length=80, blank=True)
    request = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="exchanges_of_a_thing"),
            models.Index(fields=["organization", "connection", "-id"], name="exchanges_of_a_connection"),
            models.Index(fields=["organization", "-id"], name="exchanges_of_an_organization"),
            models.Index(
                fields=["organization", "request_id"],
                condition=~models.Q(request_id=""),
                name="exchanges_by_request",
            ),
            models.Index(fields=["organization", "operation", "-id"], name="exchanges_by_operation"),
            models.Index(fields=["at"], name="exchanges_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.status}"


class CallDay(Owned):
    """How often a connection asked for an operation on a day, in UTC: all of them, also those nothing was kept of."""

    connection = models.CharField(max_length=40)
    day = models.DateField()
    operation = models.CharField(max_length=80)
    method = models.CharField(max_length=8)
    number = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()  # last

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "day", "connection", "operation", "method"], name="one_count_of_calls"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} × {self.operation} on {self.day}"
