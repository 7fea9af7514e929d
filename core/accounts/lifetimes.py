"""How long what belongs to logging in is kept."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q

from core.accounts import lock_outs
from core.accounts.models import Invitation, LockOut, ResetRequest
from core.common.lifetimes import Lifetime, Rows, older, register


def _without_session(before: datetime) -> Rows:
    there = Session.objects.filter(session_key=OuterRef("session_key"))
    return UserSession.objects.filter(~Exists(there), last_seen_at__lt=before)


def _unlocked(before: datetime) -> Rows:
    return LockOut.objects.filter(Q(until=None) | Q(until__lt=before), last_at__lt=before)


register(
    Lifetime("Logins that have ended", timedelta(0), Session, "expire_date", older(Session, "expire_date")),
    Lifetime(
        "The list of logins",
        timedelta(days=1),
        UserSession,
        "last_seen_at",
        _without_session,
        rule="after the login has ended",
    ),
    Lifetime(
        "Wrong passwords and codes", lock_outs.FORGOTTEN, LockOut, "last_at", _unlocked, rule="since the last one"
    ),
    Lifetime("Invitations", timedelta(days=90), Invitation, "created_at", older(Invitation, "created_at")),
    Lifetime(
        "Requests for a new password", timedelta(days=1), ResetRequest, "asked_at", older(ResetRequest, "asked_at")
    ),
)
