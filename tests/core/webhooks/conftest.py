"""An endpoint on this machine, which the operator allows here."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from core.accounts.models import Organization
from core.common import clock
from core.webhooks import delivery_run, endpoint_records, log_reader, replays
from core.webhooks.models import Endpoint
from tests.core.webhooks.receiver import Receiver, receiving
from tests.factories import make_person
from tests.organization import acme, client_for, owner, stranger
from tests.world import still

__all__ = ["acme", "client_for", "owner", "still", "stranger"]
AddEndpoint = Callable[..., Endpoint]


@pytest.fixture(autouse=True)
def own_slot(settings: Any, tmp_path: Path) -> None:
    """One process of a machine sends at a time, but tests run side by side."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def loopback(settings: Any) -> None:
    settings.OUTBOUND_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver(loopback: None) -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def add(acme: Organization) -> AddEndpoint:
    """Add an endpoint of the 3PL's."""

    def added(url: str, **fields: Any) -> Endpoint:
        wanted = {"url": url, "merchant": None, "types": [], **fields}
        return endpoint_records.add(acme, wanted, by=make_person(acme), now=clock.now())

    return added


def sweep() -> None:
    """What the worker does every few seconds."""
    log_reader.read_log(now=clock.now())
    replays.go_on(now=clock.now())
    delivery_run.send_due(now=clock.now())
