"""Closing an account that belongs nowhere any more: who had it is no longer known."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import ProtectedError

from core.accounts import sessions
from core.accounts.models import FormerPassword, User


def close_if_alone(user_id: int) -> bool:
    """Delete a person who works in no organization; what they did stays, by nobody's name. False for another."""
    user = User.objects.filter(pk=user_id, memberships=None).first()
    if user is None:
        return False
    sessions.end(user)
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        for model in (EmailAddress, Authenticator, FormerPassword):
            model.objects.filter(user=user_id).delete()
        nobody = {"email": f"closed-{user_id}@invalid", "name": "", "password": "!", "is_active": False}
        User.objects.filter(pk=user_id).update(**nobody)
    return True
