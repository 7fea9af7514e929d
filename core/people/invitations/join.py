"""Accepting an invitation: once, by whoever has its address, and at once if two windows try."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from core.accounts.access import Role
from core.accounts.models import Invitation, Membership, User
from core.activity.event_log import record
from core.row_security import tenant


class InvitationEnded(Exception):
    """The invitation was used, revoked, or is too old."""


class AddressTaken(Exception):
    """An account with this address was made meanwhile. Log in with it."""


def find(token: str, *, now: datetime) -> Invitation | None:
    """Return the invitation that a link opens."""
    usable = Invitation.objects.usable(now).select_related("organization", "merchant")
    return tenant.find(usable.of_token(token))


def is_member(invitation: Invitation, user: User) -> bool:
    return Membership.objects.filter(organization=invitation.organization_id, user=user).exists()


def account_of(invitation: Invitation) -> User | None:
    return User.objects.filter(email__iexact=invitation.email).first()


def accept(invitation: Invitation, user: User, *, now: datetime) -> Membership:
    """Make the person a member. Raises Ended; whoever is a member already stays what they are."""
    with transaction.atomic():
        joined = _join(invitation, user, now)
        if invitation.proves_address:
            EmailAddress.objects.filter(user=user, email__iexact=invitation.email).update(verified=True)
    return joined


def accept_with_account(invitation: Invitation, *, name: str, password: str, now: datetime) -> User:
    """Make the account of the invited address, and make it a member. Raises Ended and Taken."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
            proved = invitation.proves_address
            EmailAddress.objects.create(user=user, email=user.email, verified=proved, primary=True)
            _join(invitation, user, now)
    except IntegrityError as error:
        raise AddressTaken from error
    return user


def _join(invitation: Invitation, user: User, now: datetime) -> Membership:
    if not invitation.use(now=now):
        raise InvitationEnded
    membership: Membership
    membership, made = Membership.objects.get_or_create(
        organization_id=invitation.organization_id,
        user=user,
        defaults={"role": invitation.role, "merchant_id": invitation.merchant_id},
    )
    if made:
        details = {"invitation": invitation.pk, "role": Role(invitation.role).label}
        record("person.joined", invitation.organization, now=now, actor=user, **details)
    return membership
