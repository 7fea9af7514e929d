"""How long alerts and mail are kept."""

from datetime import timedelta

from core.alerts.models import Alert, Mail, RetryPlan, Trouble
from core.common.lifetimes import Lifetime, ended, older, register

register(
    Lifetime("Emails that were sent or given up", timedelta(days=90), Mail, "created_at", ended(Mail, "created_at")),
    Lifetime(
        "Alerts that were closed",
        timedelta(days=180),
        Alert,
        "closed_at",
        older(Alert, "closed_at"),
        rule="since they were closed",
        there=lambda: Alert.objects.filter(closed_at__isnull=False),
    ),
    Lifetime(
        "Retries of many alerts",
        timedelta(days=180),
        RetryPlan,
        "made_at",
        ended(RetryPlan, "made_at"),
    ),
    # One that was not met again for so long counts as new when it is (troubles.py): nothing is forgotten.
    Lifetime(
        "Failures that passed, or whose cause is gone",
        timedelta(days=1),
        Trouble,
        "seen_at",
        older(Trouble, "seen_at"),
        rule="since the last one",
    ),
)
