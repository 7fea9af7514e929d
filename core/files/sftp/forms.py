"""What people enter of an SFTP server. A secret that is kept is not shown, and may be left as it is."""

import posixpath
from typing import Any

from django import forms
from django.conf import settings

from core.common import allowed_addresses
from core.common.allowed_addresses import AddressRefused
from core.common.names import NameInput
from core.files.models import SftpServer
from core.files.sftp import private_keys
from core.files.sftp.private_keys import NotAKey

LONGEST_PATH = 200
SECRETS = ("password", "private_key")
WHERE = ("host", "port", "user")
FOLDERS = ("folder_in", "folder_out", "folder_done", "folder_stock")
KEPT = "Leave it empty to keep the one you entered before."
ANEW = (
    "Enter the password or the private key again: what was entered for another server or user is not sent to this one."
)


class SftpForm(forms.Form):
    """``has_stock``: files of stock come, too, one merchant's at a time."""

    host = NameInput(label="Server", max_length=253, help_text="Its name, like sftp.example.com.")
    port = forms.IntegerField(label="Port", min_value=1, max_value=65535, initial=22)
    user = NameInput(label="User", max_length=100)
    password = forms.CharField(
        label="Password",
        max_length=300,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    private_key = forms.CharField(
        label="Or a private key",
        max_length=private_keys.LONGEST,
        required=False,
        help_text="In OpenSSH's form or as PEM, without a passphrase.",
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    folder_in = forms.CharField(label="Folder to pick up from", max_length=LONGEST_PATH)
    folder_out = forms.CharField(label="Folder to put into", max_length=LONGEST_PATH)
    folder_done = forms.CharField(
        label="Folder for what was taken",
        max_length=LONGEST_PATH,
        help_text="On the same disk as the first. What can't be read goes into refused in it.",
    )
    folder_stock = forms.CharField(
        label="Folder of stock",
        max_length=LONGEST_PATH,
        required=False,
        help_text="With a folder in it for each merchant's number. Empty: no stock comes.",
    )

    def __init__(self, posted: Any, *, server: SftpServer | None, has_stock: bool) -> None:
        self.server = server
        kept = {name: getattr(server, name) for name in (*WHERE, *FOLDERS)} if server else {}
        super().__init__(posted, initial=kept)
        if not has_stock:
            del self.fields["folder_stock"]
        if server is not None:
            self.fields["password"].help_text = KEPT

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"])
        try:
            allowed_addresses.check_host(host, settings.OUTBOUND_NETWORKS)
        except AddressRefused as why:
            raise forms.ValidationError(str(why)) from None
        return host

    def clean_port(self) -> int:
        port = int(self.cleaned_data["port"])
        if port < 1024 and port != 22:
            raise forms.ValidationError("Use the port 22, or one from 1024 on.")
        return port

    def clean_private_key(self) -> str:
        text = str(self.cleaned_data["private_key"])
        if text.strip():
            try:
                private_keys.read(text)
            except NotAKey as why:
                raise forms.ValidationError(str(why)) from None
        return text.strip()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        given = [name for name in SECRETS if said.get(name)]
        if len(given) > 1:
            self.add_error("private_key", "Enter a password or a private key, not both.")
        elif not given and not self.errors.get("private_key"):
            if self.server is None:
                self.add_error("password", "Enter a password, or a private key.")
            elif any(said.get(name) != getattr(self.server, name) for name in WHERE):
                self.add_error("password", ANEW)
        seen: set[str] = set()
        for name in FOLDERS:
            if path := said.get(name):
                if is_odd(path):
                    self.add_error(name, "Write a path like /orders/in, without .. and unusual signs.")
                    continue
                said[name] = path = posixpath.normpath(path)
                if path in seen:
                    self.add_error(name, "This is another folder's path already.")
                seen.add(path)
        return said

    @property
    def secrets(self) -> dict[str, str]:
        """Return what was entered anew, nothing where the kept one stays."""
        return {name: self.cleaned_data[name] for name in SECRETS if self.cleaned_data[name]}

    @property
    def open_values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*WHERE, *FOLDERS) if name in self.cleaned_data}


def is_odd(path: str) -> bool:
    return not path.isprintable() or "\\" in path or ".." in path.split("/")
