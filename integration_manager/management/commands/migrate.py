"""Django's ``migrate``, and the policies of new tables right after it."""

from typing import Any

from django.core.management.commands import migrate

from core.row_security import policies


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options.get("plan") or options.get("check_unapplied")):
            policies.build()
