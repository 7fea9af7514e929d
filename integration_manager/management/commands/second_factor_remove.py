"""Let somebody back in who has lost their phone, their keys and their recovery codes."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.accounts import sessions
from core.accounts.models import Membership, User
from core.activity.event_log import record
from core.common import clock


class Command(BaseCommand):
    help = "Remove a person's second factors. Make sure it is them: after this, their password alone lets them in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="the email address they log in with")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("Nobody logs in with this address.")
        now = clock.now()
        with transaction.atomic():
            removed, _ = Authenticator.objects.filter(user=user).delete()
            if not removed:
                raise CommandError("This person has no second factor.")
            for membership in Membership.objects.filter(user=user).select_related("organization"):
                record("person.second_factor_removed", membership.organization, now=now, person=user.pk)
            sessions.end(user)
        self.stdout.write(
            "Removed, and logged out everywhere. If a second factor is required, they set one up at their next login."
        )
