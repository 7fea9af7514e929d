"""Who is told what.

Owners, admins and staff are told of everything that needs a person, unless they wish none of it (Membership.mailed).
Parties come on top: of the organization, of a merchant, of a cart. Nobody is told the same thing twice: who is told of
the wider place is not told again because of a narrower one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.accounts.access import ABILITIES, Ability, Role
from core.accounts.models import Membership
from core.alerts import causes
from core.alerts.models import Alert, Party, Topic

TOLD = [role for role in Role if Ability.CONNECT in ABILITIES[role]]  # who can mend what alerts are about


@dataclass(frozen=True, slots=True)
class Scope:
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
    def alerts(self) -> "QuerySet[Any]":
        """Return all alerts there ever were about it. Counting says little about causes that it is not told of."""
        alerts: QuerySet[Any] = Alert.objects.filter(organization=self.organization_id)
        if self.merchant_id is not None:
            alerts = alerts.filter(merchant=self.merchant_id).exclude(cause__in=causes.ours_alone())
        return alerts if self.cart_id is None else alerts.filter(Q(cart_id=None) | Q(cart_id=self.cart_id))


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address to write to, and the party that wants it; without one, a member who is told anyway."""

    address: str
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """Who is told about one scope."""

    scope: Scope
    recipients: tuple[Recipient, ...]


def circles(organization_id: int, topic: Topic) -> list[Circle]:
    """Return who wants to know, scope by scope, the widest first. An address may stand in several."""
    found: dict[Scope, list[Recipient]] = {}
    if topic == Topic.ATTENTION:
        members = [Recipient(address) for address in _members(organization_id)]
        found[Scope(organization_id)] = members
    for party in parties(organization_id, topic):
        circle = found.setdefault(scope_of(party), [])
        if party.email.lower() not in {each.address.lower() for each in circle}:
            circle.append(Recipient(party.email, party))
    return [Circle(scope, tuple(recipients)) for scope, recipients in found.items() if recipients]


def parties(organization_id: int, topic: Topic) -> "QuerySet[Any]":
    """Return the parties that want this, those of the widest scope first."""
    wanting = standing(Party.objects.filter(organization=organization_id).wanting(topic))
    widest_first = (F("merchant").asc(nulls_first=True), F("cart_id").asc(nulls_first=True), "pk")
    return wanting.select_related("user").order_by(*widest_first)


def standing(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Leave out people who may not know of it any more: who left, and sellers of another merchant."""
    return rows.annotate(belongs=belongs()).filter(Q(user=None) | Q(belongs=True, user__is_active=True))


def belongs() -> Exists:
    """Whether a party's person may know what it is told."""
    mine = Membership.objects.filter(organization=OuterRef("organization"), user=OuterRef("user"))
    return Exists(mine.filter(~Q(role=Role.SELLER) | Q(merchant=OuterRef("merchant"))))


def scope_of(party: Party) -> Scope:
    return Scope(party.organization_id, party.merchant_id, party.cart_id)


def told(organization_id: int) -> list[Recipient]:
    """Return who is told of what needs a person in the organization as a whole."""
    whole = Scope(organization_id)
    found: Iterable[Circle] = circles(organization_id, Topic.ATTENTION)
    return [each for circle in found if circle.scope == whole for each in circle.recipients]


def _members(organization_id: int) -> list[str]:
    people = Membership.objects.filter(
        organization_id=organization_id, role__in=TOLD, mailed=True, user__is_active=True
    )
    return list(people.order_by("user__email").values_list("user__email", flat=True))
