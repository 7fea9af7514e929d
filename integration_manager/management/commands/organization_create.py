"""Create an organization and its owner: the first thing to do on a new installation."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.accounts.access import Role
from core.accounts.models import Membership, Organization, User
from shipping.routing import make_portal_warehouse


class Command(BaseCommand):
    help = "Create an organization and its owner. Asks for the password, or reads it from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="the warehouse company's name")
        parser.add_argument("--email", required=True, help="the owner's email address, to log in with")
        parser.add_argument("--time-zone", default="UTC", help="such as America/New_York (default: UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(email=User.objects.normalize_email(options["email"]).lower())
        organization = Organization(name=options["name"], time_zone=options["time_zone"])
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
        try:
            organization.full_clean()
            user.set_password(password)
            user.full_clean()
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            organization.save()
            user.save()
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
            make_portal_warehouse(organization)
        self.stdout.write(f"Created {organization}. {user.email} can now log in and do everything.")
