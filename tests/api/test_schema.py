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
from schemathesis.specs.openapi.checks import positive_data_acceptance

from core.accounts.models import Organization
from integration_manager.wsgi import application
from orders.models import OrderStatus
from shipping.models import Warehouse
from tests.api_client import Program
from tests.factories import OrderFactory, OrganizationFactory, PackageFactory
from tests.world import World

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
            assert operation["description"].replace("\n", " ").startswith(operation["summary"]), told
            assert 5 < len(operation["summary"]) < 120, told
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
                # A body may be refused for what no schema can say: of two fields just one, no order twice.
                beyond = [] if case.method == "GET" else [positive_data_acceptance]
                case.call_and_validate(headers=headers, excluded_checks=beyond)

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


def call(name: str, tag: str) -> Any:
    return importlib.import_module(f"portal_client.api.{tag}.{name}")


@pytest.mark.django_db(transaction=True)
def test_a_client_made_from_the_schema_reads_claims_acknowledges_and_ships(
    live_server: Any, client_package: ModuleType, world: World
) -> None:
    Warehouse.objects.update(kind="api")
    number = world.order_placed(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    world.download()
    world.deliver()
    program = Program(world.organization)
    portal = client_package.AuthenticatedClient(base_url=live_server.url, token=program.full)
    models = importlib.import_module("portal_client.models")

    page = call("orders_list", "orders").sync(client=portal, number=number)
    assert [(line.sku, line.ordered) for line in page.data[0].lines] == [("MUG-BLUE-11", 2)]
    claim = call("claim_orders", "claims").sync(client=portal, body=models.ClaimBodyRequest(most=10))
    [order] = claim.orders
    [line] = order.lines
    accepted = models.AcknowledgmentBodyRequest(order=order.id, accepted=True, reference="W-1")
    said = models.AcknowledgmentsBodyRequest(orders=[accepted])
    taken = call("acknowledge_orders", "acknowledgments").sync(client=portal, body=said)
    assert [each.outcome for each in taken.results] == ["accepted"]
    packed = models.PackedLineBodyRequest(line=line.line, sku=line.sku, units=line.units)
    parcel = models.PackageBodyRequest(
        carrier="UPS", service="Ground", tracking_number="1Z999AA10123456784", lines=[packed]
    )
    shipment = models.ShipmentBodyRequest(order=order.id, reference="S-1", packages=[parcel])
    report = models.ShipmentsBodyRequest(shipments=[shipment])
    world.later(hours=1)
    stored = call("report_shipments", "shipments").sync(client=portal, body=report)
    assert [each.outcome for each in stored.results] == ["stored"]
    world.confirm()
    assert world.order(number).status == OrderStatus.CONFIRMED

    stranger = client_package.AuthenticatedClient(base_url=live_server.url, token="im_x.y")
    refused = call("orders_list", "orders").sync(client=stranger)
    assert (refused.status, refused.code) == (401, "not_authenticated")
