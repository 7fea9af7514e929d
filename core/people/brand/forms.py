"""What people write about their organization."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from core.accounts.models import Organization
from core.common import money
from core.common.time_zones import zones
from core.people.brand import logo_files
from core.people.brand.logo_files import LogoFile
from core.ui.open_forms import WholeForm


class OrganizationForm(WholeForm, forms.ModelForm):
    """``logo`` is what was sent, read and written anew."""

    time_zone = forms.ChoiceField(help_text="Times on pages, in emails and in files are told in it.")
    new_logo = forms.FileField(
        label="Logo",
        required=False,
        max_length=200,
        help_text=f"PNG or JPEG, up to {logo_files.LARGEST // 1000} kB. It stands in the side bar, in emails and on "
        "the pages sellers see.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    reporting_currency = forms.ChoiceField(
        required=False,
        help_text="Sales in other currencies are converted into it on Performance, at rates you enter there.",
    )
    without_logo = forms.BooleanField(label="Remove the logo", required=False)
    field_order = ("name", "new_logo", "without_logo", "color", "time_zone", "reporting_currency", "reply_to")

    class Meta:
        model = Organization
        fields = ("name", "color", "time_zone", "reporting_currency", "reply_to")
        help_texts = {
            "name": "What sellers and your own people read: on pages, and as the sender of emails.",
            "color": "The top of emails and of the pages sellers see. Text on it is made light or dark to fit.",
            "reply_to": "Where answers to our emails go. Without one, they go to the portal's own address.",
        }
        widgets = {"color": forms.ColorInput}
        error_messages = {"name": {"required": "Enter the organization's name."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["time_zone"]
        known = list(zones())
        here = self.instance.time_zone
        zone.choices = known if any(here in dict(group) for _, group in known) else [(here, here), *known]
        currency: Any = self.fields["reporting_currency"]
        currency.choices = [("", "None"), *money.currencies()]
        if not self.instance.logo_key:
            del self.fields["without_logo"]
        self.logo: LogoFile | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def drops_logo(self) -> bool:
        return bool(self.cleaned_data.get("without_logo"))

    def clean_color(self) -> str:
        return str(self.cleaned_data["color"]).lower()

    def clean_new_logo(self) -> None:
        sent: UploadedFile | None = self.cleaned_data["new_logo"]
        if sent is None:
            return
        try:
            self.logo = logo_files.read(sent.read(logo_files.LARGEST + 1))
        except logo_files.LogoRefused as error:
            raise forms.ValidationError(str(error)) from error
