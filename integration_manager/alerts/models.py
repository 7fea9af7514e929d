"""What is wrong now."""

from django.db import models

from integration_manager.accounts.models import Merchant, Owned


class Alert(Owned):
    """One open alert per cause and thing. It closes by itself when the cause is gone."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=40)  # "grant.ended"
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    message = models.TextField()  # a sentence, with what to do
    path = models.CharField(max_length=200, blank=True)  # the page where it is mended
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # when it was last seen to be so
    times = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "cause", "subject_kind", "subject_id"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_alert_per_cause",
            )
        ]
        indexes = [models.Index(fields=["organization", "closed_at", "-opened_at"], name="alerts_by_age")]

    def __str__(self) -> str:
        return self.message
