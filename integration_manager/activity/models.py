"""What happened. Rows are written once."""

from typing import Any, ClassVar

from django.db import models

from integration_manager.accounts.models import Owned, User


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
