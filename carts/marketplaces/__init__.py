"""Every kind of marketplace we can connect. To add one, see the README.md in this folder."""

from carts.marketplaces.amazon.application import AmazonApplication
from carts.marketplaces.base import Application

APPLICATIONS: dict[str, type[Application]] = {"amazon": AmazonApplication}


def kinds() -> list[tuple[str, str]]:
    """Choices for models and forms. A callable, so that a new marketplace makes no migration; never rename it."""
    return [(kind, application.label) for kind, application in APPLICATIONS.items()]
