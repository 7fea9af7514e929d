"""The pages somebody may look for by what they are called, or by what people call them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from core.accounts.access import Ability, Access
from core.ui.context import MENU
from core.ui.settings_area import PAGES as SETTINGS

OTHERWISE = {  # what people call pages of Settings
    "settings:organization": "logo color name time zone reply-to brand",
    "shipping:warehouses": "address locations",
    "shipping:shipping": "shipping warehouses services",
    "shipping:rules": "rules for all carts ship methods shipping",
    "shipping:carriers": "tracking codes",
    "people:people": "team members roles invite",
    "subscriptions:organization": "mail email subscriptions",
    "alerts:mails": "email outbox",
}


@dataclass(frozen=True, slots=True)
class PortalPage:
    label: str
    route: str
    words: str = ""  # other names of it
    ability: Ability | None = None  # who sees it; everybody unless told
    house_only: bool = False  # no seller sees it


PAGES = (
    *(PortalPage(entry.label, entry.route, "", entry.ability, entry.house_only) for entry in MENU),
    PortalPage("Ship-by board", "orders:board", "late overdue due"),
    PortalPage("Requests", "activity:requests", "calls exchanges request id operation", Ability.CONNECT, True),
    PortalPage("New cart", "carts:new", "connect add amazon seller", Ability.CONNECT),
    PortalPage("New merchant", "merchants:new", "add client", Ability.CONNECT),
    *(PortalPage(page.label, page.route, OTHERWISE.get(page.route, ""), page.ability, True) for page in SETTINGS),
    PortalPage("Name", "people:name", "account"),
    PortalPage("Password", "account_change_password", "account"),
    PortalPage("Two-factor login", "mfa_index", "account security passkey 2fa"),
    PortalPage("Sessions", "usersessions_list", "account devices"),
)


def find(access: Access, text: str) -> Iterator[tuple[str, str]]:
    """Yield label and address of each page in the person's sight of which the text begins a word."""
    begun = text.lower().replace("-", " ").split()
    for page in PAGES:
        if (page.ability and not access.may(page.ability)) or (page.house_only and not access.is_of_house):
            continue
        words = f"{page.label} {page.words}".lower().replace("-", " ").split()
        if begun and all(any(word.startswith(each) for word in words) for each in begun):
            yield page.label, reverse(page.route)
