"""Every kind of marketplace we can connect. To add one, see the README.md in this folder."""

from carts.marketplaces.amazon.application import AmazonApplication
from carts.marketplaces.api_access.application import ApiAccessApplication
from carts.marketplaces.base import Application
from carts.marketplaces.csv_files.application import CsvApplication

APPLICATIONS: dict[str, type[Application]] = {
    "amazon": AmazonApplication,
    "api_access": ApiAccessApplication,
    "csv": CsvApplication,
}


def kinds() -> list[tuple[str, str]]:
    """Choices for models and forms. A callable, so that a new marketplace makes no migration; never rename it."""
    return [(kind, application.label) for kind, application in APPLICATIONS.items()]


def pushed_kinds() -> list[str]:
    """The kinds whose orders are pushed to us."""
    return [kind for kind, application in APPLICATIONS.items() if application.marketplace.pushed]


def asked_kinds() -> list[str]:
    """The others: somebody authorizes us, and we ask and tell them."""
    return [kind for kind, application in APPLICATIONS.items() if not application.marketplace.pushed]


def judging_kinds() -> list[str]:
    """Those that judge their sellers, and say how."""
    return [kind for kind, application in APPLICATIONS.items() if application.marketplace.judges_sellers]
