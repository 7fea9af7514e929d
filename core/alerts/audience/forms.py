"""What a recipient chooses: which alerts, when, and by which clock."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from core.alerts import causes
from core.alerts.audience.preferences import Choice
from core.alerts.causes import Cause, Owner
from core.alerts.models import Preference, Rhythm
from core.common.time_zones import zones

MOST_TIMES = 4


class PreferenceForm(forms.Form):
    rhythm = forms.ChoiceField(label="When", choices=Rhythm.choices, widget=forms.RadioSelect)
    digest_at = forms.CharField(
        label="Digest at",
        required=False,
        max_length=40,
        help_text=f"Up to {MOST_TIMES} times a day, such as 08:00 or 08:00, 16:00. Leave empty for no digest.",
        widget=forms.TextInput(attrs={"placeholder": "08:00", "autocomplete": "off"}),
    )
    zone = forms.ChoiceField(label="Time zone", required=False)
    wanted = forms.MultipleChoiceField(
        label="Alerts",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Alerts that a later version adds are included until you untick them.",
    )

    def __init__(self, data: Any = None, *, preference: Preference, offered: Sequence[Cause]) -> None:
        initial = {
            "rhythm": preference.rhythm,
            "digest_at": ", ".join(preference.digest_at),
            "zone": preference.zone,
            "wanted": [each.name for each in offered if each.name not in preference.unwanted],
        }
        super().__init__(data, initial=initial)
        self.preference, self.offered = preference, offered
        zone: Any = self.fields["zone"]
        zone.choices = [("", f"The organization's ({preference.organization.time_zone})"), *zones()]
        wanted: Any = self.fields["wanted"]
        wanted.choices = [
            (owner.label, [(each.name, each.heading) for each in offered if each.owner is owner])
            for owner in Owner
            if any(each.owner is owner for each in offered)
        ]

    def clean_digest_at(self) -> list[str]:
        said = self.cleaned_data["digest_at"].replace(";", ",").split(",")
        try:
            times = {time.fromisoformat(_full(each.strip())) for each in said if each.strip()}
        except ValueError:
            raise forms.ValidationError("Enter times like 08:00, with commas between them.") from None
        if len(times) > MOST_TIMES:
            raise forms.ValidationError(f"Enter {MOST_TIMES} times at most.")
        return [f"{each:%H:%M}" for each in sorted(times)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        waits = cleaned.get("rhythm") in (Rhythm.URGENT, Rhythm.DIGEST)
        if waits and not cleaned.get("digest_at") and "digest_at" not in self.errors:
            self.add_error("digest_at", "Say when the digest should come.")
        return cleaned

    @property
    def choice(self) -> Choice:
        """What is chosen. What they were not offered stays as it was."""
        said, offered = self.cleaned_data, {each.name for each in self.offered}
        kept = [name for name in self.preference.unwanted if name not in offered]
        return Choice(
            Rhythm(said["rhythm"]), [*kept, *(offered - set(said["wanted"]))], said["digest_at"], said["zone"]
        )


def offered(*, of_house: bool) -> list[Cause]:
    """Return the causes to choose from, by their words."""
    hidden = [] if of_house else causes.ours_alone()
    found = [each for each in causes.declared() if isinstance(each, Cause) and each.name not in hidden]
    return sorted(found, key=lambda each: each.heading)


def _full(text: str) -> str:
    """Let "8:00" be "08:00"."""
    return f"0{text}" if text[1:2] == ":" else text
