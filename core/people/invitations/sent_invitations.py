"""Asking people by mail to join. A link works once, for seven days, and only the newest one of a person."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from core.accounts.access import Role
from core.accounts.models import Invitation, Membership, Merchant, Organization
from core.activity.event_log import record
from core.alerts import wording
from core.alerts.mail import outbox
from core.common import links
from core.people.alerts import INVITED
from core.people.members import MemberChangeRefused, roles_below

LASTS = timedelta(days=7)


def invite(
    organization: Organization,
    email: str,
    role: Role,
    merchant: Merchant | None,
    *,
    by: Membership,
    now: datetime,
) -> Invitation:
    """Invite a person, or invite them again: an older link ends. Raises Refused."""
    if role not in roles_below(Role(by.role)):
        raise MemberChangeRefused("Only an owner can invite an owner.")
    if Membership.objects.filter(organization=organization, user__email__iexact=email).exists():
        raise MemberChangeRefused(f"{email} already belongs to {organization}.")
    link = links.make()
    try:
        with transaction.atomic():
            older = (
                Invitation.objects.unspent().select_for_update().filter(organization=organization, email=email).first()
            )
            if older:
                if older.role not in roles_below(Role(by.role)):
                    raise MemberChangeRefused(
                        "An owner invited this person as an owner. Only an owner can change that."
                    )
                _end(older, "A newer invitation was sent.", now)
            made: Invitation = Invitation.objects.create(
                organization=organization,
                email=email,
                role=role,
                merchant=merchant,
                nonce=link.nonce,
                digest=link.digest,
                by=by.user,
                created_at=now,
                expires_at=now + LASTS,
            )
            _write(made, by=by, now=now)
            details = {"invitation": made.pk, "role": role.label}
            record("person.invited", organization, now=now, actor=by.user, **details)
    except IntegrityError:
        raise MemberChangeRefused("Somebody else has just invited this person. Check the list.") from None
    return made


def revoke(invitation: Invitation, *, by: Membership, now: datetime) -> None:
    """End an invitation. Raises Refused."""
    if invitation.role not in roles_below(Role(by.role)):
        raise MemberChangeRefused("Only an owner can revoke an owner's invitation.")
    with transaction.atomic():
        if not _end(invitation, "The invitation was revoked.", now):
            raise MemberChangeRefused("This invitation is no longer open.")
        record("person.invitation_revoked", invitation.organization, now=now, actor=by.user, invitation=invitation.pk)


def _end(invitation: Invitation, reason: str, now: datetime) -> bool:
    ended = invitation.revoke(now=now)
    outbox.drop(invitation.kept, reason, now=now)
    return ended


def _write(invitation: Invitation, *, by: Membership, now: datetime) -> None:
    organization, merchant = invitation.organization, invitation.merchant
    until = invitation.expires_at.astimezone(organization.zone)
    values = {
        "by": by.user.name or "Somebody",
        "organization": organization.name,
        "merchant": merchant.name if merchant else "",
        "role": Role(invitation.role).label.lower(),
        "until": f"{until.day} {until:%B %Y, %H:%M %Z}",
    }
    said = wording.write("people/invitation", values)
    outbox.owe(
        organization_id=organization.pk,
        to=invitation.email,
        subject=said.subject,
        text=said.text,
        cause=INVITED,
        now=now,
        merchant_id=merchant.pk if merchant else None,
        link=invitation.kept,
        link_path=invitation.PATH,
    )
