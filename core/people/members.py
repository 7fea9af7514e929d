"""Changing what people may do in an organization, and letting them go.

An organization always keeps an owner; nobody changes their own role; an admin has no say over owners. Whoever's role
changes logs in again.
"""

from datetime import datetime

from django.db import transaction

from core.accounts import second_factor, sessions
from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization, User
from core.activity.event_log import record
from core.alerts.audience import subscriptions


class MemberChangeRefused(Exception):
    """It may not be done. The message says why."""


def roles_below(role: Role) -> list[Role]:
    """Return the roles that somebody with this one may give and take."""
    return list(Role) if role == Role.OWNER else [each for each in Role if each != Role.OWNER]


def change_role(
    membership: Membership, role: Role, merchant: Merchant | None, *, by: Membership, now: datetime
) -> bool:
    """Give a person another role. False when it is theirs already. Raises Refused."""
    if (membership.role, membership.merchant_id) == (role, merchant.pk if merchant else None):
        return False
    if membership.pk == by.pk:
        raise MemberChangeRefused("You can't change your own role. Ask another owner or admin.")
    _check_reach(membership, by)
    if role not in roles_below(Role(by.role)):
        raise MemberChangeRefused("Only an owner can make somebody an owner.")
    with transaction.atomic():
        _keep_an_owner(membership, stays=role == Role.OWNER)
        same = Membership.objects.filter(pk=membership.pk, role=membership.role, merchant=membership.merchant_id)
        if not same.update(role=role, merchant=merchant):
            raise MemberChangeRefused("Somebody else has just changed this person. Check and try again.")
        details = {"person": membership.user_id, "was": Role(membership.role).label, "to": role.label}
        record("person.role_changed", membership.organization, now=now, actor=by.user, **details)
        sessions.end(membership.user)
    return True


def remove(membership: Membership, *, by: Membership, now: datetime) -> None:
    """End a membership; the account stays, it may belong elsewhere. Raises Refused."""
    _check_reach(membership, by)
    with transaction.atomic():
        _keep_an_owner(membership, stays=False)
        deleted, _ = Membership.objects.filter(pk=membership.pk, role=membership.role).delete()
        if not deleted:
            raise MemberChangeRefused("Somebody else has just changed this person. Check and try again.")
        subscriptions.forget(membership.user, membership.organization)
        details = {"person": membership.user_id, "role": Role(membership.role).label}
        record("person.removed", membership.organization, now=now, actor=by.user, **details)
        sessions.end(membership.user)


def set_mailed(membership: Membership, mailed: bool, *, by: Membership, now: datetime) -> bool:
    """Say whether a person gets mail about what needs somebody. False when nothing changes."""
    with transaction.atomic():
        if not Membership.objects.filter(pk=membership.pk).exclude(mailed=mailed).update(mailed=mailed):
            return False
        record(
            "person.mail_on" if mailed else "person.mail_off",
            membership.organization,
            now=now,
            actor=by.user,
            person=membership.user_id,
        )
    return True


def require_second_factor(organization: Organization, required: bool, *, by: User, now: datetime) -> bool:
    """Ask a second factor of everybody here, or no longer. False when nothing changes. Raises Refused."""
    if required and not second_factor.is_set_up(by):
        raise MemberChangeRefused("Set up a second factor for yourself first: otherwise you would lock yourself out.")
    with transaction.atomic():
        changing = Organization.objects.filter(pk=organization.pk).exclude(mfa_required=required)
        if not changing.update(mfa_required=required):
            return False
        record(
            "organization.second_factor_required" if required else "organization.second_factor_optional",
            organization,
            now=now,
            actor=by,
        )
    return True


def _check_reach(membership: Membership, by: Membership) -> None:
    if membership.role not in roles_below(Role(by.role)):
        raise MemberChangeRefused("Only an owner can change or remove an owner.")


def _keep_an_owner(membership: Membership, *, stays: bool) -> None:
    """Raises Refused for the last owner. Two owners who let go at once take turns at the organization's row."""
    if membership.role != Role.OWNER or stays:
        return
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    others = Membership.objects.filter(
        organization=membership.organization_id, role=Role.OWNER, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise MemberChangeRefused("This is the last owner. Make somebody else an owner first.")
