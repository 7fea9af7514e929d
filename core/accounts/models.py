"""Who the portal belongs to and who may use it. Every other row belongs to an organization."""

from typing import Any, ClassVar, Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from core.accounts.access import Access, Role
from core.accounts.organization import Logo as Logo
from core.accounts.organization import Organization as Organization
from core.common.errands import Errand, ErrandQuerySet, indexes
from core.common.links import OneTimeLink, OneTimeLinkQuerySet
from core.common.names import NameField

M = TypeVar("M", bound=models.Model)


class OwnedQuerySet(models.QuerySet[M]):
    def visible_to(self, access: Access) -> Self:
        """The only way a door may begin a query."""
        return self.filter(**access.limits(self.model))


class OwedQuerySet(OwnedQuerySet[M], ErrandQuerySet[M]):  # type: ignore[override]
    """Errands of an organization."""


class OwnedLinkQuerySet(OwnedQuerySet[M], OneTimeLinkQuerySet[M]):  # type: ignore[override]
    """Links that people of an organization sent."""


class Owned(models.Model):
    """A row of an organization."""

    # No index of its own: those that matter begin with it.
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class Merchant(Owned):
    """A client of the 3PL: a seller. A SKU is unique within a merchant."""

    name = NameField(max_length=120)
    email = models.EmailField("contact email", blank=True, help_text="Where setup links and reminders go.")
    created_at = models.DateTimeField(auto_now_add=True)
    leaves_at = models.DateTimeField(null=True, editable=False)  # everything of theirs is deleted from then on

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="one_merchant_per_name")]

    def __str__(self) -> str:
        return self.name


class OwnedByMerchant(Owned):
    """A row of one merchant of an organization."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class DepartureQuerySet(OwnedQuerySet["Departure"]):
    def open(self) -> Self:
        """Neither taken back nor ended."""
        return self.filter(taken_back_at=None, ended_at=None)


class Departure(Owned):
    """A merchant leaves: on a day, everything of theirs is deleted. The row stays, as the evidence, and names nobody.

    Until that day it may be taken back.
    """

    merchant = models.ForeignKey(Merchant, models.SET_NULL, null=True, related_name="departures")  # None: deleted
    number = models.PositiveBigIntegerField()  # the merchant's, which is all that is known of them in the end
    reason = models.CharField(max_length=200, blank=True)  # goes with the rest
    by = models.ForeignKey("User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey("User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # rows that were deleted, by model

    objects: ClassVar = DepartureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=models.Q(taken_back_at__isnull=True, ended_at__isnull=True, merchant__isnull=False),
                name="one_open_departure_per_merchant",
            )
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="departures_of_a_3pl")]

    def __str__(self) -> str:
        return f"departure of merchant {self.number}"

    @property
    def rows(self) -> int:
        """How many rows were deleted."""
        return sum(self.counts.values())

    @property
    def status(self) -> tuple[str, str]:
        """A word and a tone."""
        if self.taken_back_at is not None:
            return "Taken back", "calm"
        if self.ended_at is not None:
            return "Deleted", "good"
        return ("Being deleted", "busy") if self.counts else ("Leaves", "warn")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. What they may do is said by their memberships."""

    email = models.EmailField(unique=True)
    name = NameField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class Membership(Owned):
    """What a person may do in an organization."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role)
    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, blank=True, related_name="memberships")
    mailed = models.BooleanField("gets mail about what needs a person", default=True)
    first_steps_away = models.BooleanField(default=False)  # the list of the first run, put away by this person

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_per_organization"),
            models.CheckConstraint(
                condition=models.Q(role=Role.SELLER, merchant__isnull=False)
                | (~models.Q(role=Role.SELLER) & models.Q(merchant__isnull=True)),
                name="a_seller_has_a_merchant_and_nobody_else_does",
            ),
        ]

    @property
    def access(self) -> Access:
        return Access(
            user_id=self.user_id,
            organization=self.organization,
            role=Role(self.role),
            merchant_id=self.merchant_id,
        )


class Invitation(OneTimeLink, Owned):
    """Somebody was asked by mail to join."""

    PATH = "/people/invitations/{token}/"

    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role)
    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    copied_at = models.DateTimeField(null=True)  # its link was shown: who opens it need not have read the mail

    objects: ClassVar = OwnedLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"invitation of {self.email}"

    @property
    def proves_address(self) -> bool:
        """Whether nobody can have its link but who reads the mail of its address."""
        return self.copied_at is None


class FormerPassword(models.Model):
    """A password somebody had, hashed as it was: the last ten are not taken again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"a former password of user {self.user_id}"


class ResetRequest(Errand):
    """Somebody asked for a new password for an address, whether or not anybody has it. Deleted once it is answered."""

    email = models.EmailField(max_length=320)
    asked_at = models.DateTimeField()

    objects: ClassVar = ErrandQuerySet.as_manager()

    class Meta:
        indexes = [*indexes("reset_requests_owed"), models.Index(fields=["asked_at"], name="reset_requests_by_age")]

    def __str__(self) -> str:
        return f"request {self.pk} for a new password"


class LockOut(models.Model):
    """How many passwords or codes were wrong: for an address, from a source. Of both only digests are kept."""

    key = models.CharField(max_length=64, unique=True)
    about = models.CharField(max_length=64, blank=True, db_index=True)  # the address
    wrong = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.wrong} wrong"
