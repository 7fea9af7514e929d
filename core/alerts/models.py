"""What is wrong now, who wants to know of what, and the mail that people are owed."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.functions import Coalesce

from core.accounts.access import Access
from core.accounts.models import Merchant, OwedQuerySet, Owned, OwnedQuerySet, User
from core.alerts import causes
from core.common.errands import Errand, indexes
from core.common.links import PersonalLink, PersonalLinkQuerySet

LONGEST_WHOSE = 80  # characters until after the colon
CALLING = models.Q(dismissed_at=None, snoozed_until=None)  # of what is open: nobody set it aside


class AlertQuerySet(OwnedQuerySet["Alert"]):
    def visible_to(self, access: Access) -> Self:
        """A seller sees what is about their merchant, but for what is the 3PL's alone."""
        found = super().visible_to(access)
        return found if access.is_of_house else found.exclude(cause__in=causes.ours_alone())

    def open(self) -> Self:
        """What is wrong now."""
        return self.filter(closed_at=None)

    def calling(self) -> Self:
        """What is wrong now, and nobody has set aside."""
        return self.open().filter(CALLING)

    def aside(self) -> Self:
        """What is wrong now, and somebody has set aside: for a while, or until it is gone."""
        return self.filter(models.Q(dismissed_at__isnull=False) | models.Q(snoozed_until__isnull=False), closed_at=None)


class Alert(Owned):
    """One open alert per cause and thing. It closes by itself when the cause is gone.

    What people make of it (core/alerts/handling) is theirs alone: none of it closes it, and it closes all the same.
    """

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    cart_id = models.BigIntegerField(null=True)  # by its number: carts lie above. None: about more than one, or none
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
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # who caused it knows it: not mailed
    fingerprint = models.CharField(max_length=16, blank=True, default="")  # alike of a cause: fingerprints.py

    # What people make of it.
    assigned_to = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    snoozed_until = models.DateTimeField(null=True)  # nobody is told of it before then; then it is told anew
    dismissed_at = models.DateTimeField(null=True)  # nobody is told of it any more, unless it says something else
    dismissed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    dismissed_because = models.CharField(max_length=200, blank=True, default="")

    objects: ClassVar = AlertQuerySet.as_manager()

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
            models.Index(fields=["organization", "cause", "opened_at"], name="alerts_of_a_cause"),
            models.Index(fields=["closed_at"], name="alerts_by_end"),
            models.Index(
                fields=["snoozed_until"], condition=models.Q(snoozed_until__isnull=False), name="alerts_to_wake"
            ),
        ]

    def __str__(self) -> str:
        return self.message

    @property
    def parted(self) -> tuple[str, str]:
        """The sentence as whose it is, where it says so in few words, and the rest: "Order 111-1", "no SKU."."""
        whose, colon, rest = self.message[:LONGEST_WHOSE].partition(": ")
        return (whose, self.message[len(whose) + len(colon) :]) if rest else ("", self.message)

    @property
    def severity(self) -> tuple[str, str]:
        return causes.severity(self.cause)

    @property
    def severity_word(self) -> str:
        return self.severity[0].lower()

    @property
    def owner(self) -> causes.Owner:
        return causes.owner(self.cause)

    @property
    def button(self) -> str:
        return causes.button(self.cause)

    @property
    def is_aside(self) -> bool:
        return self.dismissed_at is not None or self.snoozed_until is not None


class Trouble(Owned):
    """Something that fails and may pass by itself: it becomes an alert when it lasts (core/alerts/troubles.py)."""

    cause = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    since = models.DateTimeField()
    seen_at = models.DateTimeField()  # when it last failed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "cause", "subject_kind", "subject_id"], name="one_trouble_per_cause"
            )
        ]
        indexes = [models.Index(fields=["seen_at"], name="troubles_by_age")]

    def __str__(self) -> str:
        return f"{self.cause} of {self.subject_kind} {self.subject_id}"


class RetryPlan(Errand, Owned):
    """Trying again, in small steps, what many alike alerts are about. Somebody asked for it, and says why.

    Its alerts are those there were when it was made: what comes later is not retried, and what closes is done.
    """

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=40)
    choice: Any = models.JSONField()  # which alerts of the cause: handling/alert_choice.py
    because = models.CharField(max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    total = models.PositiveIntegerField()
    seen_to = models.BigIntegerField(default=0)  # the number of the last alert that was looked at
    last_alert = models.BigIntegerField()  # of those it is about
    retried = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)  # there was nothing to try again, or it would be refused again
    cancel_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        indexes = [
            *indexes("retry_plans_owed", "organization"),
            models.Index(fields=["organization", "-id"], name="retry_plans_of_a_3pl"),
            models.Index(fields=["made_at"], name="retry_plans_by_age"),
        ]

    def __str__(self) -> str:
        return f"retry {self.pk} of {self.cause}"

    @property
    def looked_at(self) -> int:
        return min(self.total, self.retried + self.left)

    @property
    def unreached(self) -> int:
        """How many were solved before their turn came or, where somebody canceled it, had no turn."""
        return self.total - self.looked_at


class Mail(Errand, Owned):
    """One mail to one person: owed by the change that caused it, sent at least once.

    ``{link}`` in the text is where a personal link goes. The link itself is made when the mail is sent, from the nonce
    (common/links.py), and never stored. What is sent as HTML is made of the text then, too (common/multipart.py).
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
    waiting_since = models.DateTimeField(null=True)  # at no cost: the mail server cannot be used, or does not let us

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        indexes = [
            *indexes("mails_owed", "organization"),
            models.Index(fields=["organization", "-created_at"], name="mails_by_age"),
            models.Index(fields=["created_at"], name="mails_of_all_by_age"),
            models.Index(
                fields=["organization", "waiting_since"],
                condition=models.Q(waiting_since__isnull=False),
                name="mails_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Topic(models.TextChoices):
    """What one may want mail about."""

    CREATED = "created", "Orders that came in"
    FAILED = "failed", "Orders that failed to import"
    ATTENTION = "attention", "What needs a person"
    OVERVIEW = "overview", "An overview of orders, stock and performance, by a link in each email"


class SubscriptionQuerySet(OwnedQuerySet["Subscription"], PersonalLinkQuerySet["Subscription"]):  # type: ignore[override]
    def at(self, *, organization_id: int, merchant_id: int | None = None, cart_id: int | None = None) -> Any:
        """Return those of just this place: the organization's, a merchant's or a cart's own."""
        return self.filter(organization=organization_id, merchant=merchant_id, cart_id=cart_id)

    def wanting(self, topic: Topic) -> Any:
        return self.filter(stopped_at=None, **{f"wants_{topic}": True})


class Subscription(PersonalLink, Owned):
    """Somebody who wants mail: a person of the organization, or a plain address.

    About everything of the organization, or of one merchant or cart. The link in each mail ends it.
    """

    PATH = "/alerts/stop/{token}/"
    OVERVIEW_PATH = "/told/overview/{token}/"  # it stands in mails, too

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")  # None: of all
    cart_id = models.BigIntegerField(null=True)  # by its number: carts lie above. None: of all
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    address = models.EmailField(blank=True)  # of who is no user here, in small letters
    wants_created = models.BooleanField(default=False)
    wants_failed = models.BooleanField(default=False)
    wants_attention = models.BooleanField(default=False)
    wants_overview = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)  # by the link, whoever it was mailed to
    noticed_at = models.DateTimeField(null=True)  # when the last mail about orders was written

    objects: ClassVar = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Coalesce("merchant", 0),
                Coalesce("cart_id", 0),
                Coalesce("user", 0),
                "address",
                name="one_party_per_place",
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, address="")
                | models.Q(user__isnull=True) & ~models.Q(address=""),
                name="a_party_is_a_person_or_an_address",
            ),
            models.CheckConstraint(
                condition=models.Q(cart_id__isnull=True) | models.Q(merchant__isnull=False),
                name="a_party_of_a_cart_is_of_its_merchant",
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"

    @property
    def email(self) -> str:
        return str(self.user.email) if self.user else str(self.address)

    @property
    def shows_overview(self) -> bool:
        """Whether its link opens a merchant's overview, too. Who logs in has a page of their own."""
        return bool(self.wants_overview and self.merchant_id and not self.cart_id and not self.user_id)

    @property
    def topics(self) -> list[Topic]:
        return [topic for topic in Topic if getattr(self, f"wants_{topic}")]


class Rhythm(models.TextChoices):
    """When somebody is told."""

    NOW = "now", "Everything at once"
    URGENT = "urgent", "Urgent alerts at once, everything else in the digest"
    DIGEST = "digest", "Everything in the digest"


class Preference(Owned):
    """What one recipient chose: a person in an organization, or an address on its lists. Without one: all, at once."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    address = models.EmailField(blank=True)  # of who is no user here, in small letters
    rhythm = models.CharField(max_length=6, choices=Rhythm, default=Rhythm.NOW)
    unwanted: Any = models.JSONField(default=list)  # causes, by their names: a new one is told until somebody says so
    digest_at: Any = models.JSONField(default=list)  # "08:00", on the clock of the zone; empty: no digest
    zone = models.CharField(max_length=64, blank=True)  # empty: the organization's
    digest_due_at = models.DateTimeField(null=True)
    digested_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", Coalesce("user", 0), "address", name="one_preference_per_recipient"
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, address="")
                | models.Q(user__isnull=True) & ~models.Q(address=""),
                name="a_preference_is_of_a_person_or_an_address",
            ),
        ]
        indexes = [
            models.Index(fields=["digest_due_at"], condition=models.Q(digest_due_at__isnull=False), name="digests_owed")
        ]

    def __str__(self) -> str:
        return f"preference {self.pk}"

    def wants_now(self, cause: str) -> bool:
        if cause in self.unwanted or self.rhythm == Rhythm.DIGEST:
            return False
        return self.rhythm == Rhythm.NOW or causes.tone(cause) == "bad"


class Notice(Owned):
    """What a subscription is to be told about a cart's orders: gathered here, gone when its mail is written."""

    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="notices", db_index=False
    )  # see one_notice_per_pull
    topic = models.CharField(max_length=10, choices=Topic)
    cart_id = models.BigIntegerField()
    pull = models.UUIDField()  # what one download brought
    heading = models.CharField(max_length=250)  # "Amazon.de of Blue Mug Co"
    path = models.CharField(max_length=200)  # the page where they are listed
    items: Any = models.JSONField(default=list)  # as many as are listed: a line and its due time. No personal data
    count = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "pull", "topic", "cart_id"], name="one_notice_per_pull")
        ]
        indexes = [models.Index(fields=["at"], name="notices_by_age")]

    def __str__(self) -> str:
        return f"{self.count} {self.topic}"


class Storm(Owned):
    """One cause that raises more alerts than anybody reads: told once, then silent until it calms."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    cart_id = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    calmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Coalesce("merchant", 0),
                Coalesce("cart_id", 0),
                "cause",
                condition=models.Q(calmed_at__isnull=True),
                name="one_storm_per_cause",
            )
        ]

    def __str__(self) -> str:
        return f"storm of {self.cause}"
