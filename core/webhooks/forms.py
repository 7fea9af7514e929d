"""What people write about an endpoint, and which time a replay covers."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from core.accounts.access import Access
from core.accounts.models import Merchant
from core.common import allowed_addresses
from core.common.allowed_addresses import AddressRefused
from core.ui.open_forms import WholeForm
from core.webhooks import webhook_types
from core.webhooks.models import Endpoint


class EndpointForm(WholeForm, forms.ModelForm):
    """Where messages go, and which."""

    url = forms.CharField(
        label="Address",
        max_length=allowed_addresses.LONGEST,
        widget=forms.URLInput(attrs={"placeholder": "https://wms.example.com/hooks", "autocomplete": "off"}),
        help_text="Messages are posted there as JSON. It has to answer with a 2xx status within 15 seconds.",
        error_messages={"required": "Enter the address that messages are sent to."},
    )
    types = forms.MultipleChoiceField(
        label="Messages",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For a program. Tick none to get all of them, and those that later versions add.",
    )
    field_order = ("shape", "url", "merchant", "urgent_only", "types")

    class Meta:
        model = Endpoint
        fields = ("shape", "url", "merchant", "urgent_only", "types")
        help_texts = {
            "shape": "A chat gets the alerts, as the emails about them; a program gets what you tick below.",
            "merchant": "It is told only what is about this merchant.",
            "urgent_only": "For a chat.",
        }

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        merchant: Any = self.fields["merchant"]
        merchant.queryset = Merchant.objects.visible_to(access).order_by("name")
        merchant.empty_label = "All merchants"
        self.fields["shape"].required = False  # left out, it stays what it is
        kinds: Any = self.fields["types"]
        kinds.choices = [(each.name, f"{each.name}: {each.about}") for each in webhook_types.declared()]

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def clean_shape(self) -> str:
        return str(self.cleaned_data["shape"] or self.instance.shape)

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            allowed_addresses.check_url(url, settings.OUTBOUND_NETWORKS)
        except AddressRefused as error:
            raise forms.ValidationError(str(error)) from error
        if urlsplit(url).netloc.lower() == urlsplit(settings.PUBLIC_URL).netloc.lower():
            raise forms.ValidationError("This is the portal's own address. Enter that of your own server.")
        return url


class ReplayForm(forms.Form):
    """What is told again, and of which time."""

    HOURS = ((1, "The last hour"), (6, "The last 6 hours"), (24, "The last 24 hours"), (72, "The last 3 days"),
             (168, "The last 7 days"), (720, "The last 30 days"))  # fmt: skip
    MISSING, ALL = "missing", "all"

    hours = forms.TypedChoiceField(label="Time", choices=HOURS, coerce=int, initial=24)
    what = forms.ChoiceField(
        label="Messages",
        choices=((MISSING, "What it did not take"), (ALL, "Everything, once more")),
        initial=MISSING,
    )

    @property
    def span(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["hours"])

    @property
    def everything(self) -> bool:
        return bool(self.cleaned_data["what"] == self.ALL)
