"""What a password must be: Amazon's data protection policy asks it of everybody who may see buyers' addresses.

Each rule says one sentence. Django calls ``password_changed`` of each when a password was saved.
"""

import re
import string

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError

from core.accounts.models import FormerPassword, User

REMEMBERED = 10
SHORTEST_NAME = 3
SHORTEST_PART = 4  # of an address: shorter ones stand in too many words


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"Use at least {self.min_length} characters."

    def get_help_text(self) -> str:
        return f"At least {self.min_length} characters."


class FourClasses:
    """Letters of both cases, digits, and anything else."""

    def validate(self, password: str, user: User | None = None) -> None:
        others = any(not each.isalnum() for each in password)
        if not (re.search(r"[a-z]", password) and re.search(r"[A-Z]", password) and _digit(password) and others):
            raise ValidationError(
                "Use a lowercase letter, a capital letter, a digit, and a symbol like ! or a space.",
                code="password_too_plain",
            )

    def get_help_text(self) -> str:
        return "A lowercase letter, a capital letter, a digit, and a symbol like ! or a space."


class NotCommon(CommonPasswordValidator):
    """Nor is a common one made uncommon by what everybody puts behind it: “Password1234!”."""

    def validate(self, password: str, user: User | None = None) -> None:
        super().validate(password, user)
        super().validate(password.strip(string.digits + string.punctuation + string.whitespace), user)

    def get_help_text(self) -> str:
        return "Not a common password, even with digits or symbols around it."


class NotAboutThePerson:
    def validate(self, password: str, user: User | None = None) -> None:
        if user and any(part in password.casefold() for part in _parts(user)):
            raise ValidationError(
                "Leave your name and your email address out of the password.", code="password_about_the_person"
            )

    def get_help_text(self) -> str:
        return "Not your name or any part of your email address."


class NotUsedBefore:
    """Remembers the last ten, hashed as they were; the one in use is among them."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        former = FormerPassword.objects.filter(user=user).order_by("-pk").values_list("password", flat=True)
        known = {user.password, *former[:REMEMBERED]}
        if any(check_password(password, each) for each in known):
            raise ValidationError(
                f"Choose a different one: this is one of your last {REMEMBERED} passwords.", code="password_used_before"
            )

    def password_changed(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        FormerPassword.objects.create(user=user, password=user.password)
        latest = FormerPassword.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[:REMEMBERED]
        FormerPassword.objects.filter(user=user).exclude(pk__in=list(latest)).delete()

    def get_help_text(self) -> str:
        return f"Different from the last {REMEMBERED} you had here, if any."


def _digit(password: str) -> bool:
    return any(each in string.digits for each in password)


def _parts(user: User) -> list[str]:
    """Return what of a person's name and address may not stand in their password."""
    local, _, _ = user.email.casefold().partition("@")
    names = [part for part in re.split(r"[\s\W_]+", user.name.casefold()) if len(part) >= SHORTEST_NAME]
    return names + [part for part in re.split(r"[\W_\d]+", local) if len(part) >= SHORTEST_PART]
