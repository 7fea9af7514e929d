"""What the schema says of the API is so: nothing is answered that it does not name, and clients made from it work."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from openapi_python_client import Config, MetaType
from openapi_python_client import generate as generate_client
from openapi_python_client.config import ConfigFile
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from core.accounts.models import Organization
from integration_manager.wsgi import application
from tests.api_client import Program
from tests.factories import OrderFactory, OrganizationFactory, PackageFactory

EXAMPLES = 6  # of each operation, of what is right and of what is wrong
QUIETLY = settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def full(db: None) -> Organization:
    """An organization that has some of everything."""
    organization = OrganizationFactory()
    for _ in range(2):
        PackageFactory(shipment__order=OrderFactory(cart__merchant__organization=organization))
    return organization


def schema_document() -> Any:
    answer = Client().get("/api/v1/schema")
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.django_db
def test_every_operation_says_what_it_needs_and_how_it_refuses() -> None:
    for address, methods in schema_document()["paths"].items():
        for method, operation in methods.items():
            told = (address, method)
            assert operation["security"] == [{"key": []}], told
            assert operation["description"], told
            assert "Needs the scope" in operation["description"], told
            assert {"401", "403", "429"} <= operation["responses"].keys(), told


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application closes its connections after each request; here they are the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
def test_nothing_is_answered_that_the_schema_does_not_name(
    full: Organization, settings: Any, one_connection: None
) -> None:
    settings.API_CALLS_PER_MINUTE = 10**6
    program = Program(full)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    headers = {"Authorization": f"Bearer {program.full}"}
    asked = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @QUIETLY
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal asked
                asked += 1
                case.call_and_validate(headers=headers)

            ask()

    assert asked > 100


# -- A client made from the schema -------------------------------------------------------------------------------------
@pytest.fixture
def client_package(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    described = tmp_path / "schema.json"
    described.write_text(json.dumps(schema_document()))
    made = tmp_path / "made"
    made.mkdir()
    options = ConfigFile(post_hooks=[])
    package = made / "portal_client"
    config = Config.from_sources(options, MetaType.NONE, described, "utf-8", overwrite=True, output_path=package)
    mistakes = generate_client(config=config)
    assert not [each for each in mistakes if each.level.value == "ERROR"], mistakes
    monkeypatch.syspath_prepend(str(made))
    for name in [name for name in sys.modules if name.partition(".")[0] == "portal_client"]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("portal_client")


@pytest.mark.django_db(transaction=True)
def test_a_client_made_from_the_schema_reads_orders(live_server: Any, client_package: ModuleType) -> None:
    organization = OrganizationFactory()
    order = OrderFactory(cart__merchant__organization=organization, lines={"MUG-BLUE": 2})
    program = Program(organization)
    portal = client_package.AuthenticatedClient(base_url=live_server.url, token=program.full)
    listing = importlib.import_module("portal_client.api.orders.orders_list")

    page = listing.sync(client=portal, number=order.number)

    assert [each.number for each in page.data] == [order.number]
    assert [(line.sku, line.ordered) for line in page.data[0].lines] == [("MUG-BLUE", 2)]
    assert page.next_cursor is None
    refused = listing.sync(client=client_package.AuthenticatedClient(base_url=live_server.url, token="im_x.y"))
    assert (refused.status, refused.code) == (401, "not_authenticated")
