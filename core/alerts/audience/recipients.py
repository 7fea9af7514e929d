"""Who is told what.

Owners, admins and staff are told of everything that needs a person, unless they want none of it (Membership.mailed).
Subscriptions come on top: to an organization, a merchant or a cart. Nobody is told the same thing twice: whoever is
told about the wider scope is not told again because of a narrower one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.accounts.access import ABILITIES, Ability, Role
from core.accounts.models import Membership, User
from core.alerts import causes
from core.alerts.models import Alert, Preference, Subscription, Topic

TOLD = [role for role in Role if Ability.CONNECT in ABILITIES[role]]  # who can mend what alerts are about


@dataclass(frozen=True, slots=True)
class MailScope:
    """What somebody is told about: everything of an organization, or of one merchant or cart of it."""

    organization_id: int
    merchant_id: int | None = None
    cart_id: int | None = None

    def covers(self, *, merchant_id: int | None, cart_id: int | None) -> bool:
        """Whether it is about this. What is about a merchant's whole account is about each of its carts."""
        if self.merchant_id is None:
            return True
        return self.merchant_id == merchant_id and (self.cart_id is None or cart_id in (None, self.cart_id))

    def concerns(self, alert: Alert) -> bool:
        if self.merchant_id is not None and alert.cause in causes.ours_alone():
            return False
        return self.covers(merchant_id=alert.merchant_id, cart_id=alert.cart_id)

    @property
    def condition(self) -> Q:
        """What an alert of the organization has to be. Counting says little about causes that it is not told of."""
        if self.merchant_id is None:
            return Q(pk__isnull=False)  # an empty one would add nothing to others
        of_merchant = Q(merchant=self.merchant_id) & ~Q(cause__in=causes.ours_alone())
        return of_merchant if self.cart_id is None else of_merchant & (Q(cart_id=None) | Q(cart_id=self.cart_id))

    @property
    def alerts(self) -> "QuerySet[Any]":
        """Return all alerts there ever were about it."""
        alerts: QuerySet[Any] = Alert.objects.filter(self.condition, organization=self.organization_id)
        return alerts


@dataclass(frozen=True, slots=True)
class Addressee:
    """An address to write to, and the subscription that wants it; without one, a member who is told anyway."""

    address: str
    subscription: Subscription | None = None
    preference: Preference | None = None

    @property
    def is_outside(self) -> bool:
        """Whether it is an address alone, of nobody who logs in here."""
        return self.subscription is not None and self.subscription.user_id is None

    def wants_now(self, cause: str) -> bool:
        """Whether an alert about this is mailed at once, or left to the digest, or not wanted at all."""
        return self.preference is None or self.preference.wants_now(cause)

    def wants(self, cause: str) -> bool:
        return self.preference is None or cause not in self.preference.unwanted


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told about one scope."""

    scope: MailScope
    recipients: tuple[Addressee, ...]


def audiences(organization_id: int, topic: Topic) -> list[Audience]:
    """Return who wants to know, scope by scope, the widest first. An address may stand in several."""
    found: dict[MailScope, list[Addressee]] = {}
    users = list(_members(organization_id)) if topic == Topic.ATTENTION else []
    subscriptions = list(subscriptions_to(organization_id, topic))
    chosen = _preferences(organization_id) if users or subscriptions else {}
    if users:
        members = [Addressee(user.email, None, chosen.get((user.pk, ""))) for user in users]
        found[MailScope(organization_id)] = members
    for subscription in subscriptions:
        audience = found.setdefault(scope_of(subscription), [])
        if subscription.email.lower() not in {each.address.lower() for each in audience}:
            preference = chosen.get((subscription.user_id, subscription.address))
            audience.append(Addressee(subscription.email, subscription, preference))
    return [Audience(scope, tuple(recipients)) for scope, recipients in found.items() if recipients]


def _preferences(organization_id: int) -> dict[tuple[int | None, str], Preference]:
    """Return what recipients chose, by their user or address."""
    rows = Preference.objects.filter(organization=organization_id)
    return {(each.user_id, each.address): each for each in rows}


def subscriptions_to(organization_id: int, topic: Topic) -> "QuerySet[Any]":
    """Return the subscriptions that want this, those of the widest scope first."""
    wanting = standing(Subscription.objects.filter(organization=organization_id).wanting(topic))
    widest_first = (F("merchant").asc(nulls_first=True), F("cart_id").asc(nulls_first=True), "pk")
    return wanting.select_related("user").order_by(*widest_first)


def standing(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Leave out people who may not know of it any more: who left, and sellers of another merchant."""
    return rows.annotate(belongs=belongs()).filter(Q(user=None) | Q(belongs=True, user__is_active=True))


def belongs() -> Exists:
    """Whether a subscription's person may know what it is told."""
    mine = Membership.objects.filter(organization=OuterRef("organization"), user=OuterRef("user"))
    return Exists(mine.filter(~Q(role=Role.SELLER) | Q(merchant=OuterRef("merchant"))))


def scope_of(subscription: Subscription) -> MailScope:
    return MailScope(subscription.organization_id, subscription.merchant_id, subscription.cart_id)


def told(organization_id: int) -> list[Addressee]:
    """Return who is told of what needs a person in the organization as a whole."""
    whole = MailScope(organization_id)
    found: Iterable[Audience] = audiences(organization_id, Topic.ATTENTION)
    return [each for audience in found if audience.scope == whole for each in audience.recipients]


def _members(organization_id: int) -> list[User]:
    people = Membership.objects.filter(
        organization_id=organization_id, role__in=TOLD, mailed=True, user__is_active=True
    )
    return [member.user for member in people.select_related("user").order_by("user__email")]
