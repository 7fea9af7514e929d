"""What is wrong now, and the mail that people are owed."""

from typing import Any, ClassVar

from django.db import models

from integration_manager.accounts.models import Merchant, OwedQuerySet, Owned
from integration_manager.lib.errands import Errand, indexes


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
    mailed_at = models.DateTimeField(null=True)  # when the mails about it were written

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "cause", "subject_kind", "subject_id"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_alert_per_cause",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "closed_at", "-opened_at"], name="alerts_by_age"),
            models.Index(
                fields=["opened_at"],
                condition=models.Q(closed_at__isnull=True, mailed_at__isnull=True),
                name="alerts_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.message


class Mail(Errand, Owned):
    """One mail to one person: owed by the change that caused it, sent at least once.

    ``{link}`` in the text is where a personal link goes. The link itself is made when the mail is sent, from the nonce
    (lib/links.py), and never stored.
    """

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    link_path = models.CharField(max_length=200, blank=True)  # "/setup/{token}/"
    link_nonce = models.CharField(max_length=64, blank=True)
    link_digest = models.CharField(max_length=64, blank=True)
    cause = models.CharField(max_length=40)  # "setup_link.sent", "grant.ended"
    message_id = models.CharField(max_length=120)  # stable, so that a mail sent twice is seen to be one
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OwedQuerySet.as_manager()

    class Meta:
        indexes = [
            *indexes("mails_owed", "organization"),
            models.Index(fields=["organization", "-created_at"], name="mails_by_age"),
        ]

    def __str__(self) -> str:
        return self.subject
