"""What the Set-up check shows, part by part: of doctor's checks those about the installation as a whole.

What counts the things of all organizations (alerts, errands, owners) is left to whoever has the command line: an owner
of one of them reads this.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from carts.consent import grants
from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from core.accounts.access import Access
from core.upkeep.models import KeptFinding
from integration_manager.doctor import (
    broker_state,
    configuration,
    database_state,
    reachability,
    registry,
    running_state,
)
from integration_manager.doctor.kept_findings import kept
from integration_manager.doctor.registry import Finding, Level

GROUPS = (configuration, database_state, broker_state, running_state, reachability)  # each brings its checks along
SAID: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Level.FINE: ("OK", "good"),
        Level.SKIPPED: ("Not checked", "calm"),
        Level.WARNING: ("Look at this", "warn"),
        Level.ERROR: ("Wrong", "bad"),
    }
)
NOT_YET = Finding(Level.SKIPPED, "Not checked yet.")
HERE: Sequence[tuple[str, Mapping[str, str]]] = (
    (
        "Settings and keys",
        {
            "settings": "Settings",
            "https": "HTTPS",
            "allowed-hosts": "Host names",
            "debug": "Debugging",
            "secret-key": "Secret key",
            "vault-keys": "Encryption keys",
            "keys": "Keys of this database",
            "sealed": "What is encrypted",
            "amazon-secret": "Age of Amazon's secret",
        },
    ),
    (
        "Scheduler and workers",
        {
            "paused": "Sending",
            "scheduler": "Scheduler",
            "workers": "Workers",
            "sweeps": "Regular work",
            "watch": "Watch over both",
            "redis": "Redis",
            "queue": "Queue",
        },
    ),
    (
        "Database, clocks and disk",
        {
            "database": "Database",
            "migrations": "Version of the database",
            "database-role": "Database role",
            "row-security": "Row-level security",
            "database-clock": "Database clock",
            "process-clocks": "Process clocks",
            "disk": "Disk space",
            "data-folder": "Data folder",
            "secret-files": "Secret files",
            "private-data": "Privacy of the data folder",
            "mail-folder": "Mail folder",
            "backup": "Backup",
        },
    ),
)
OUTSIDE: Mapping[str, str] = MappingProxyType(
    {
        "mail": "Mail server",
        "public-url": "Public address",
        "certificate": "Certificate",
        "amazon": "Amazon's token server",
        "amazon-clock": "Amazon's clock",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One check as it is shown."""

    label: str
    finding: Finding
    at: datetime | None = None  # when another server was asked

    @property
    def is_wrong(self) -> bool:
        return self.finding.level in (Level.WARNING, Level.ERROR)

    @property
    def status(self) -> tuple[str, str]:
        """A word and a tone."""
        return ("Not checked", "calm") if self.finding is NOT_YET else SAID[self.finding.level]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: list[Row]


def here() -> Iterator[Section]:
    """Make the checks that ask no other server, and yield what they found."""
    for title, labels in HERE:
        found = registry.examine(labels)
        yield Section(title, [Row(labels[each.name], each.finding) for each in found])


def outside() -> list[Row]:
    """Return what a worker last found when it asked other servers."""
    known = kept(OUTSIDE)
    return [_kept_row(label, known.get(name)) for name, label in OUTSIDE.items()]


def _kept_row(label: str, row: KeptFinding | None) -> Row:
    if row is None:
        return Row(label, NOT_YET)
    return Row(label, Finding(Level(row.level), row.said, row.remedy), row.at)


# -- At the marketplace ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Registration:
    """What to enter in the application's page at a marketplace."""

    label: str
    login_uri: str
    redirect_uri: str


def registrations() -> list[Registration]:
    return [
        Registration(application.label, grants.login_uri(kind), grants.redirect_uri(kind))
        for kind, application in APPLICATIONS.items()
        if not application.marketplace.pushed
    ]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role that our application needs, and the carts whose last Test missed it."""

    name: str
    needed_to: str
    missing_in: list[Cart]


def roles(access: Access) -> list[RoleRow]:
    """Return the roles to ask for, and what this organization's carts say of them."""
    carts = Cart.objects.visible_to(access).at_work().select_related("merchant", "grant").order_by("pk")
    tested = [(cart, _missing(cart)) for cart in carts if cart.checks and not cart.outdated]
    return [
        RoleRow(role.name, role.needed_to, [cart for cart, missing in tested if missing & role.checks])
        for application in APPLICATIONS.values()
        for role in application.roles
    ]


def _missing(cart: Cart) -> frozenset[str]:
    return frozenset(each["name"] for each in cart.checks if not each["passed"] and not each.get("away"))
