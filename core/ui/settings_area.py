"""Settings: one place for what is set once. Its pages are several apps'; each stays at its address.

The apps are above this one, so their routes are known by name; they are checked at start.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from core.accounts.access import Ability, Access


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page of the area. ``under``: the pages that lie below it."""

    label: str
    route: str
    ability: Ability = Ability.LOOK
    under: Collection[str] = field(default_factory=frozenset)

    def is_at(self, view_name: str) -> bool:
        return view_name == self.route or view_name in self.under


# By what they are about, as they stand beside each of them.
GROUPS = {
    "General": (
        SettingsPage("Organization", "settings:organization", Ability.SETTINGS),
        SettingsPage("Data retention", "retention:page", Ability.SETTINGS),
        SettingsPage("Set-up check", "setup_check:page", Ability.INSTALLATION),
    ),
    "Warehouse": (
        SettingsPage(
            "Warehouses",
            "shipping:warehouses",
            under={
                "shipping:warehouse",
                "shipping:warehouse_status",
                "shipping:warehouse_timeline",
                "shipping:warehouse_requests",
                "shipping:warehouse_mapping",
                "shipping:new_warehouse",
                "shipping:connection",
            },
        ),
        SettingsPage("Routing", "shipping:routing", under={"shipping:routing_rule", "shipping:new_routing_rule"}),
        SettingsPage("Ship methods", "shipping:shipping"),
        SettingsPage("Rules", "shipping:rules", under={"shipping:rule", "shipping:new_rule"}),
        SettingsPage("Carriers", "shipping:carriers"),
    ),
    "People": (
        SettingsPage(
            "People", "people:people", Ability.PEOPLE, under={"people:person", "people:invite", "people:link"}
        ),
        SettingsPage("Notifications", "subscriptions:organization", Ability.PEOPLE),
        SettingsPage("Sent mail", "alerts:mails", Ability.CONNECT),
    ),
    "Developers": (
        SettingsPage(
            "API keys", "api_keys:keys", Ability.SETTINGS, under={"api_keys:new", "api_keys:key", "api_keys:rotate"}
        ),
        SettingsPage("Webhooks", "webhooks:endpoints", Ability.SETTINGS, under={"webhooks:endpoint", "webhooks:new"}),
    ),
}
PAGES = tuple(page for pages in GROUPS.values() for page in pages)


def groups_for(access: Access) -> dict[str, Sequence[SettingsPage]]:
    """Return the pages a person may see, by what they are about. A seller sees none: they are the 3PL's own."""
    groups = {
        label: [page for page in pages if access.is_of_house and access.may(page.ability)]
        for label, pages in GROUPS.items()
    }
    return {label: pages for label, pages in groups.items() if pages}


def pages_for(access: Access) -> Sequence[SettingsPage]:
    return [page for pages in groups_for(access).values() for page in pages]


def page_of(view_name: str) -> SettingsPage | None:
    """Return the page of the area that a view is, or lies below."""
    return next((page for page in PAGES if page.is_at(view_name)), None)
