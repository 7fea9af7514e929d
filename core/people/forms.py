"""What people write about people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password

from core.accounts.access import Role
from core.accounts.models import Invitation, Merchant, User
from core.accounts.short_fields import LONGEST
from core.common.names import NameInput
from core.ui.open_forms import WholeForm

ROLES_HELP = (
    "Owner: everything. Admin: carts, mappings and people below owner. Staff: orders and carts. Viewer: read only, "
    "without buyers' names. Seller: the same, for one merchant's own carts and orders."
)


class RoleForm(forms.Form):
    """A role, and whose seller it is. ``roles`` are those that the person who asks may give."""

    role = forms.ChoiceField(help_text=ROLES_HELP)
    merchant = forms.ModelChoiceField(
        Merchant.objects.none(), required=False, empty_label="None", help_text="Only for the Seller role."
    )

    def __init__(self, *args: Any, roles: Iterable[Role], merchants: Iterable[Merchant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(each.value, each.label) for each in roles]
        merchant: Any = self.fields["merchant"]
        merchant.queryset = merchants

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "role" in cleaned:
            cleaned["role"] = Role(cleaned["role"])
            seller = cleaned["role"] == Role.SELLER
            if seller and not cleaned.get("merchant") and not self.has_error("merchant"):
                self.add_error("merchant", "Choose the merchant this person sells for.")
            elif not seller and cleaned.get("merchant"):
                self.add_error("merchant", "Only a seller belongs to one merchant. Choose None.")
        return cleaned


class InviteForm(RoleForm):
    email = forms.EmailField(
        label="Email address",
        max_length=Invitation._meta.get_field("email").max_length,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the email address the invitation goes to."},
    )
    field_order = ("email", "role", "merchant")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class PersonForm(WholeForm, RoleForm):
    mailed = forms.BooleanField(
        label="Gets email about alerts",
        required=False,
        help_text="Goes to owners, admins and staff.",
    )
    field_order = ("role", "merchant", "mailed")


class AccountForm(forms.Form):
    """The account of an invited person. The address is the invitation's and not asked for."""

    name = NameInput(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name."},
    )
    password = forms.CharField(
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
        error_messages={"required": "Choose a password."},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                validate_password(password, User(email=self._email, name=cleaned.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
