"""Putting people and addresses on the list of who is told, and taking them off.

A plain address is confirmed by nobody, so each mail to it brings a link that ends it, the first one before anything
else comes. Events name a party by its number: the address stands on the party and nowhere else.
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
from core.alerts.audience.recipients import Recipient
from core.alerts.mail import outbox
from core.alerts.mail.outbox import Letter
from core.alerts.models import Party, Topic
from core.alerts.own_alerts import PARTY_ADDED
from core.common import links


class Refused(Exception):
    """It may not be done. The message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """What parties are told about: an organization, one of its merchants, or a merchant's cart."""

    organization: Organization
    subject: Subject  # in whose history it stands
    name: str
    merchant: Merchant | None = None
    cart_id: int | None = None

    @property
    def merchant_id(self) -> int | None:
        return self.merchant.pk if self.merchant else None


# -- On the list -----------------------------------------------------------------------------------------------------
def enlist(
    place: Place, *, person: User | None, address: str, wishes: Collection[Topic], by: User, now: datetime
) -> Party:
    """Put a person or an address on the list; who stopped it is told again. Raises Refused."""
    _check(wishes)
    person, address = _who(place, person, address.strip().lower())
    wanted = {f"wants_{topic}": topic in wishes for topic in Topic}
    here = Party.objects.at(organization_id=place.organization.pk, merchant_id=place.merchant_id, cart_id=place.cart_id)
    link = links.make()
    with transaction.atomic():
        party = here.select_for_update().filter(user=person, address=address).first()
        if party is not None and party.stopped_at is None:
            raise Refused(f"{person or address} is on this list already: change what they are told there.")
        if party is not None:
            here.filter(pk=party.pk).update(stopped_at=None, **wanted)
            party.refresh_from_db()
        else:
            party = _make(place, person, address, link, wanted, now)
        record("party.added", place.subject, now=now, actor=by, party=party.pk, what=say(wishes))
        if person is None:
            outbox.owe_to(Recipient(address, party), place.organization, _welcome(place, wishes), now=now)
    return party


def _make(
    place: Place, person: User | None, address: str, link: links.Link, wanted: dict[str, bool], now: datetime
) -> Party:
    try:
        with transaction.atomic():
            made: Party = Party.objects.create(
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
        raise Refused(f"{person or address} is on this list already: change what they are told there.") from error
    return made


def _who(place: Place, person: User | None, address: str) -> tuple[User | None, str]:
    """Return who it is: the address of somebody who belongs here is that person. Raises Refused."""
    if (person is None) == (not address):
        raise Refused("Choose a person, or write an e-mail address: one of the two.")
    members = Membership.objects.filter(organization=place.organization).select_related("user")
    mine = members.filter(user=person) if person else members.filter(user__email__iexact=address)
    membership = mine.first()
    if membership is None and person is not None:
        raise Refused(f"{person} does not belong to {place.organization}.")
    if membership is None:
        return None, address
    if not _may_know(membership, place):
        raise Refused(f"{membership.user} is a seller, and may be told about their own merchant only.")
    return membership.user, ""


def people(place: Place) -> Iterable[User]:
    """Return who of the organization may be told about this."""
    members = Membership.objects.filter(organization=place.organization, user__is_active=True).select_related("user")
    ordered = members.order_by("user__name", "user__email")
    return [membership.user for membership in ordered if _may_know(membership, place)]


def _may_know(membership: Membership, place: Place) -> bool:
    return membership.role != Role.SELLER or membership.merchant_id == (place.merchant_id or -1)


def change(party: Party, wishes: Collection[Topic], *, subject: Subject, by: User, now: datetime) -> bool:
    """Say what a party is told. False when nothing changes. Raises Refused."""
    _check(wishes)
    if set(party.wishes) == set(wishes):
        return False
    with transaction.atomic():
        wanted = {f"wants_{topic}": topic in wishes for topic in Topic}
        if not Party.objects.filter(pk=party.pk).update(**wanted):
            raise Refused("Somebody else took this off the list just now.")
        record("party.changed", subject, now=now, actor=by, party=party.pk, what=say(wishes))
    return True


# -- Off the list ----------------------------------------------------------------------------------------------------
def remove(party: Party, *, subject: Subject, by: User, now: datetime) -> None:
    """Take a party off the list. What is still owed to it is not sent."""
    with transaction.atomic():
        if Party.objects.filter(pk=party.pk).delete()[0]:
            outbox.drop(party.kept, "Taken off the list of who is told.")
            record("party.removed", subject, now=now, actor=by, party=party.pk)


def forget(user: User, organization: Organization) -> None:
    """Take a person off every list of an organization that they left."""
    Party.objects.filter(organization=organization, user=user).delete()


def find(token: str) -> Party | None:
    """Return the party whose link this is."""
    found = Party.objects.of_token(token).select_related("organization", "merchant", "user")
    party: Party | None = found.first()
    return party


def is_stopped(party: Party) -> bool:
    """Whether whoever has the link is told nothing any more."""
    return not _live(party).exists()


def stop(party: Party, *, now: datetime) -> bool:
    """Tell whoever has the link nothing more, about no place of this organization. False when it was so before."""
    stopped = False
    with transaction.atomic():
        for each in _live(party).select_related("organization", "merchant"):
            if Party.objects.filter(pk=each.pk, stopped_at=None).update(stopped_at=now):
                outbox.drop(each.kept, "They asked for no more of it.")
                each.notices.all().delete()
                record("party.stopped", each.merchant or each.organization, now=now, party=each.pk)
                stopped = True
    return stopped


def say(wishes: Iterable[Topic]) -> str:
    """Return what is told, as a part of a sentence."""
    chosen = set(wishes)
    return ", ".join(topic.label.lower() for topic in Topic if topic in chosen)


def _check(wishes: Collection[Topic]) -> None:
    if not wishes:
        raise Refused("Choose at least one thing to be told of.")


def _live(party: Party) -> "QuerySet[Any]":
    mine: QuerySet[Any] = Party.objects.filter(
        organization=party.organization_id, user=party.user, address=party.address, stopped_at=None
    )
    return mine


def _welcome(place: Place, wishes: Collection[Topic]) -> Letter:
    return Letter("alerts/party_added", PARTY_ADDED, {"place": place.name, "what": say(wishes)})
