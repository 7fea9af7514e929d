"""Putting people and addresses on the list of who is told, and taking them off.

A plain address is confirmed by nobody, so each mail to it brings a link that ends it, the first one before anything
else comes. Events name a subscription by its number: the address stands on the subscription and nowhere else.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization, User
from core.activity.event_log import Subject, record
from core.alerts.audience import preferences
from core.alerts.audience.recipients import Addressee
from core.alerts.mail import outbox
from core.alerts.mail.outbox import MailText
from core.alerts.models import Alert, Preference, Subscription, Topic
from core.alerts.own_alerts import SUBSCRIPTION_ADDED
from core.common import links
from core.row_security import tenant


class SubscriptionRefused(Exception):
    """It may not be done. The message says why."""


@dataclass(frozen=True, slots=True)
class SubscriptionScope:
    """What subscriptions are told about: an organization, one of its merchants, or a merchant's cart."""

    organization: Organization
    subject: Subject  # in whose history it stands
    name: str
    merchant: Merchant | None = None
    cart_id: int | None = None

    @property
    def merchant_id(self) -> int | None:
        return self.merchant.pk if self.merchant else None


# -- On the list -----------------------------------------------------------------------------------------------------
def subscribe(
    place: SubscriptionScope, *, person: User | None, address: str, topics: Collection[Topic], by: User, now: datetime
) -> Subscription:
    """Put a person or an address on the list; who stopped it is told again. Raises Refused."""
    _check(topics)
    person, address = _who(place, person, address.strip().lower())
    wanted = {f"wants_{topic}": topic in topics for topic in Topic}
    here = Subscription.objects.at(
        organization_id=place.organization.pk, merchant_id=place.merchant_id, cart_id=place.cart_id
    )
    link = links.make()
    with transaction.atomic():
        subscription = here.select_for_update().filter(user=person, address=address).first()
        if subscription is not None and subscription.stopped_at is None:
            raise SubscriptionRefused(
                f"{person or address} is already on this list. Change what they are told about there."
            )
        if subscription is not None:
            here.filter(pk=subscription.pk).update(stopped_at=None, **wanted)
            subscription.refresh_from_db()
        else:
            subscription = _make(place, person, address, link, wanted, now)
        record("subscription.added", place.subject, now=now, actor=by, subscription=subscription.pk, what=say(topics))
        if person is None:
            outbox.owe_to(Addressee(address, subscription), place.organization, _welcome(place, topics), now=now)
    return subscription


def _make(
    place: SubscriptionScope,
    person: User | None,
    address: str,
    link: links.Link,
    wanted: dict[str, bool],
    now: datetime,
) -> Subscription:
    try:
        with transaction.atomic():
            made: Subscription = Subscription.objects.create(
                organization=place.organization,
                merchant=place.merchant,
                cart_id=place.cart_id,
                user=person,
                address=address,
                nonce=link.nonce,
                digest=link.digest,
                created_at=now,
                **wanted,
            )
    except IntegrityError as error:  # somebody else, this moment
        raise SubscriptionRefused(
            f"{person or address} is already on this list. Change what they are told about there."
        ) from error
    return made


def _who(place: SubscriptionScope, person: User | None, address: str) -> tuple[User | None, str]:
    """Return who it is: the address of somebody who belongs here is that person. Raises Refused."""
    if (person is None) == (not address):
        raise SubscriptionRefused("Choose a person or enter an email address, but not both.")
    members = Membership.objects.filter(organization=place.organization).select_related("user")
    mine = members.filter(user=person) if person else members.filter(user__email__iexact=address)
    membership = mine.first()
    if membership is None and person is not None:
        raise SubscriptionRefused(f"{person} doesn't belong to {place.organization}.")
    if membership is None:
        return None, address
    if not _may_know(membership, place):
        raise SubscriptionRefused(f"{membership.user} is a seller, and can only be told about their own merchant.")
    return membership.user, ""


def people(place: SubscriptionScope) -> Iterable[User]:
    """Return who of the organization may be told about this."""
    members = Membership.objects.filter(organization=place.organization, user__is_active=True).select_related("user")
    ordered = members.order_by("user__name", "user__email")
    return [membership.user for membership in ordered if _may_know(membership, place)]


def _may_know(membership: Membership, place: SubscriptionScope) -> bool:
    return membership.role != Role.SELLER or membership.merchant_id == (place.merchant_id or -1)


def change(subscription: Subscription, topics: Collection[Topic], *, subject: Subject, by: User, now: datetime) -> bool:
    """Say what a subscription is told. False when nothing changes. Raises Refused."""
    _check(topics)
    if set(subscription.topics) == set(topics):
        return False
    with transaction.atomic():
        wanted = {f"wants_{topic}": topic in topics for topic in Topic}
        if not Subscription.objects.filter(pk=subscription.pk).update(**wanted):
            raise SubscriptionRefused("Somebody else just took this off the list.")
        record("subscription.changed", subject, now=now, actor=by, subscription=subscription.pk, what=say(topics))
    return True


# -- Off the list ----------------------------------------------------------------------------------------------------
def remove(subscription: Subscription, *, subject: Subject, by: User, now: datetime) -> None:
    """Take a subscription off the list. What is still owed to it is not sent."""
    with transaction.atomic():
        if Subscription.objects.filter(pk=subscription.pk).delete()[0]:
            outbox.drop(subscription.kept, "Taken off the list of who is told.", now=now)
            preferences.forget_if_unlisted(subscription)
            record("subscription.removed", subject, now=now, actor=by, subscription=subscription.pk)


def forget(user: User, organization: Organization) -> None:
    """Take a person off every list of an organization that they left, and what was assigned to them."""
    Subscription.objects.filter(organization=organization, user=user).delete()
    Preference.objects.filter(organization=organization, user=user).delete()
    Alert.objects.filter(organization=organization, assigned_to=user).update(assigned_to=None)


def find(token: str) -> Subscription | None:
    """Return the subscription whose link this is."""
    return tenant.find(Subscription.objects.of_token(token).select_related("organization", "merchant", "user"))


def is_stopped(subscription: Subscription) -> bool:
    """Whether whoever has the link is told nothing any more."""
    return not _live(subscription).exists()


def stop(subscription: Subscription, *, now: datetime) -> bool:
    """Tell whoever has the link nothing more, about no place of this organization. False when it was so before."""
    stopped = False
    with transaction.atomic():
        for each in _live(subscription).select_related("organization", "merchant"):
            if Subscription.objects.filter(pk=each.pk, stopped_at=None).update(stopped_at=now):
                outbox.drop(each.kept, "They unsubscribed.", now=now)
                each.notices.all().delete()
                record("subscription.stopped", each.merchant or each.organization, now=now, subscription=each.pk)
                stopped = True
    return stopped


def say(topics: Iterable[Topic]) -> str:
    """Return what is told, as a part of a sentence."""
    chosen = set(topics)
    return ", ".join(topic.label.lower() for topic in Topic if topic in chosen)


def _check(topics: Collection[Topic]) -> None:
    if not topics:
        raise SubscriptionRefused("Choose at least one thing to be told about.")


def _live(subscription: Subscription) -> "QuerySet[Any]":
    mine: QuerySet[Any] = Subscription.objects.filter(
        organization=subscription.organization_id, user=subscription.user, address=subscription.address, stopped_at=None
    )
    return mine


def _welcome(place: SubscriptionScope, topics: Collection[Topic]) -> MailText:
    return MailText("alerts/subscription_added", SUBSCRIPTION_ADDED, {"place": place.name, "what": say(topics)})
