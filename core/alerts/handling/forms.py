"""What somebody says about alerts: to whom they go, until when they rest, why nothing is to be done."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms

from core.accounts.models import Organization, User
from core.alerts.models import Alert

HOURS = {"1h": 1, "4h": 4, "24h": 24, "7d": 7 * 24}
CHOICES = (("1h", "1 hour"), ("4h", "4 hours"), ("morning", "Tomorrow, 08:00"), ("24h", "24 hours"), ("7d", "1 week"))
MORNING = time(8)


class AssignForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody", label="Assign to")

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = User.objects.filter(pk__in=[each.pk for each in people]).order_by("name", "email")


class SnoozeForm(forms.Form):
    until = forms.ChoiceField(label="Snooze for", choices=CHOICES)

    def moment(self, organization: Organization, now: datetime) -> datetime:
        """Return when they come back: 08:00 is the organization's."""
        said = self.cleaned_data["until"]
        if said in HOURS:
            return now + timedelta(hours=HOURS[said])
        tomorrow = now.astimezone(organization.zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, MORNING, organization.zone)


class DismissForm(forms.Form):
    because = forms.CharField(
        label="Reason",
        max_length=Alert._meta.get_field("dismissed_because").max_length,
        help_text="Why nothing needs to be done. It is kept with the alert and in the history.",
    )
