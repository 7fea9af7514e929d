"""The curl lines of the documentation, played as they stand there: what they name is put in, and they are answered."""

import re
import shlex
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from core.api import keys
from core.api.models import ApiKey
from core.api.scopes import Scope
from orders.models import Order
from shipping.models import Package, Warehouse
from shipping.shipments.reports import ReportAnswer
from tests.factories import CartFactory
from tests.world import World

DOCS = Path(__file__).resolve().parents[1] / "docs"
PLAYED = ("api.md", "connect-your-wms.md", "move-from-cartrover.md", "shipstation.md")
HOST = "http://127.0.0.1:8000"
MOMENT = re.compile(r"2026-\d\d-\d\dT\d\d:\d\d:\d\dZ")
Put = Mapping[str, str]  # what a reader puts in, by how it is written


def commands(doc: str) -> Iterator[list[str]]:
    """Yield the curl commands of a page, as a shell reads them but for its variables."""
    for block in re.findall(r"^```\w*\n(.*?)^```", (DOCS / doc).read_text(), re.MULTILINE | re.DOTALL):
        begun = ""
        for line in block.replace("\\\n", " ").splitlines():
            begun += f"{line}\n"
            try:
                words = shlex.split(begun, comments=True)
            except ValueError:
                continue  # a text goes on in the next line
            begun = ""
            if words[:1] == ["curl"]:
                yield words[1:]


def play(words: list[str], put: Put) -> Any:
    """Ask as curl would. Returns the answer."""
    method, headers, body, address = "", dict[str, str](), "", ""
    rest = iter(words)
    for word in rest:
        match word:
            case "-s":
                continue
            case "-X":
                method = next(rest)
            case "-H":
                name, _, value = filled(next(rest), put).partition(": ")
                headers[name] = value
            case "-u":
                headers["Authorization"] = "Basic " + b64encode(filled(next(rest), put).encode()).decode()
            case "-d":
                body = filled(next(rest), put)
            case _:
                assert not word.startswith("-"), f"The test does not know curl's {word}."
                address = filled(word, put)
    parts = urlsplit(address)
    kind = headers.pop("Content-Type", "application/x-www-form-urlencoded")
    method = method or ("POST" if body else "GET")
    return Client().generic(method, f"{parts.path}?{parts.query}", body, content_type=kind, headers=headers)


def filled(text: str, put: Put) -> str:
    for written, meant in put.items():
        text = text.replace(written, meant)
    return text


def key_for(world: World, **of: Any) -> tuple[ApiKey, str]:
    return keys.issue(world.organization, name="curl", scopes=tuple(Scope), by=None, now=world.now, **of)


def offered(world: World, **wish: Any) -> Order:
    number = world.order_placed(**wish)
    world.download()
    world.deliver()
    return world.order(number)


def said(doc: str, put: Put) -> dict[str, Any]:
    """Play a page. Returns what was answered, by the end of each address."""
    answers = {}
    for words in commands(doc):
        dated = [MOMENT.sub(put["NOW"], word) for word in words]
        answer = play(dated, put)
        assert answer.status_code == 200, (doc, words, answer.content)
        shown = next(word for word in words if word.startswith(("$API", "$BASE", HOST)))
        answers[shown.rpartition("$")[2]] = answer
    return answers


def test_every_page_with_curl_lines_is_played_here() -> None:
    assert {path.name for path in DOCS.glob("*.md") if list(commands(path.name))} == set(PLAYED)


@pytest.mark.django_db
def test_api(world: World) -> None:
    order = world.at_warehouse()
    _, full = key_for(world)
    put = {"$API": f"{HOST}/api/v1", "$KEY": full, "ord_1": f"ord_{order.pk}", "&cursor=…": ""}

    answers = said("api.md", put | {"NOW": f"{world.now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"})

    assert len(answers) == 6


@pytest.mark.django_db
def test_connect_your_wms(world: World) -> None:
    Warehouse.objects.update(kind="api")
    first, second = (offered(world, lines=[{"sku": "MUG-BLUE-11", "quantity": 2}]) for _ in range(2))
    world.later(hours=1)
    _, full = key_for(world, warehouse_id=Warehouse.objects.get().pk)
    put = {"$API": f"{HOST}/api/v1", "$KEY": full, "NOW": f"{world.now:%Y-%m-%dT%H:%M:%SZ}"}
    put |= {"ord_12": f"ord_{first.pk}", "ord_13": f"ord_{second.pk}", "mer_1": f"mer_{world.merchant.pk}"}

    answers = said("connect-your-wms.md", put | {"10000000000001": first.lines.get().reference})

    assert len(answers["API/claims"].json()["orders"]) == 2
    acknowledged = answers["API/acknowledgments"].json()["results"]
    assert [each["outcome"] for each in acknowledged] == ["accepted", "rejected"]
    [shipped] = answers["API/shipments"].json()["results"]
    assert shipped["outcome"] == ReportAnswer.STORED.name.lower()
    assert [each["outcome"] for each in answers["API/levels"].json()["results"]] == ["stored", "stored"]


@pytest.mark.django_db
def test_move_from_cartrover(world: World) -> None:
    cart = CartFactory(merchant=world.merchant, kind="api_access", place_id="api_access", grant=None, name="Shop")
    key, full = key_for(world, merchant=world.merchant, cart_id=cart.pk)
    put = {"$AUTH": f"{key.public_id}:{full.partition('.')[2]}", "$BASE": f"{HOST}/v1", "NOW": "unused"}

    answers = said("move-from-cartrover.md", put)

    refused = {where for where, answer in answers.items() if not answer.json()["success_code"]}
    assert refused == {"BASE/cart/orders/update/WEB-1001"}  # nothing of it was shipped yet, which it says
    assert "was shipped yet" in answers["BASE/cart/orders/update/WEB-1001"].json()["message"]
    assert Order.objects.get().number == "WEB-1001"


@pytest.mark.django_db
def test_shipstation(world: World) -> None:
    Warehouse.objects.update(kind="shipstation")
    order, desk = offered(world), Warehouse.objects.get()
    world.later(hours=1)
    key, full = key_for(world, warehouse_id=desk.pk)
    put = {"im_ab12cd34ef:SECRET": f"{key.public_id}:{full.partition('.')[2]}", "wh_12": f"wh_{desk.pk}"}
    put |= {"113-1048200-2345678": order.number, "NOW": "unused"}
    for written, day in (("11/29/2026%2000:00", -1), ("11/30/2026%2000:00", 1)):
        put[written] = quote(f"{world.now + timedelta(days=day):%m/%d/%Y %H:%M}")

    said("shipstation.md", put)

    assert Package.objects.get().order == order
