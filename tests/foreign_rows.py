"""Asking for what is somebody else's by every door: each question, and whether the answer gives anything away.

What others have bears a word of its own, so that it is found wherever it is shown; and what is about one's own alone is
answered the same whatever others have, so that what is only counted is found, too. tests/test_foreign_rows.py asks all
of it; tests/tools/door_crawl.py asks it again with one beginning of a query after the other taken away.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Merchant
from core.common import clock
from integration_manager.portal.dashboard import due_days
from inventory.stock_filters import FILTERS
from orders.models import HeldFor, OrderStatus
from shipping.models import OrderSplitting, Warehouse, WarehouseAccess
from tests import factories, test_api_tenancy, test_tenancy
from tests.api_client import Program
from tests.foreign_fields import of_fields
from tests.planted_rows import Planter
from tests.subscribers import make_subscription
from tests.test_tenancy import Things, arguments_of, client_of, is_only_sent_to, said, undone

OF_OTHERS, OF_ANOTHER_MERCHANT = "Qx9", "Qy8"  # and a number: the word alone is what is searched for
SHOWN = {"name", "label", "number", "sku", "title", "reason", "because", "message", "subject", "text", "problem", "why"}
SHORTEST = 16
NARROWED = {
    "inventory:inventory": [f"?show={each}" for each in FILTERS],
    "orders:board": [f"?by={each}" for each in due_days.DIVISIONS],
    "performance:page": ["?by=merchant", "?by=marketplace"],
}
MOVING = re.compile(rb"[\d.,]+ (?:[kMG]B|seconds)")  # how full disk and database are, and how late it is there
OTHERS = ("django", "allauth")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes
    gives_away: bool


@dataclass(frozen=True, slots=True)
class Question:
    """``gives_away``: whether an answer to it holds what is somebody else's."""

    about: str
    is_own: bool  # about one's own alone: its answer is the same whatever others have
    ask: Callable[[], Any]
    gives_away: Callable[[Any], bool]

    def answer(self) -> Answer:
        """Ask, without a trace."""
        answer = self.ask()
        return Answer(answer.status_code, MOVING.sub(b"", content_of(answer)), self.gives_away(answer))

    def is_noticed(self, before: Answer) -> bool:
        """Whether an answer tells more than it did."""
        answer = self.answer()
        return answer.gives_away or self.is_own and answer != before


def mark(word: str, **whose: Any) -> None:
    """Give whatever has a name in these rows one that bears the word."""
    for model in apps.get_models():
        fields = {field.name: field for field in model._meta.concrete_fields}
        names = [
            name
            for name in SHOWN & set(fields)
            if isinstance(fields[name], models.CharField | models.TextField)
            and not fields[name].choices
            and (fields[name].max_length or SHORTEST) >= SHORTEST
        ]
        if names and {each.partition("__")[0] for each in whose} <= set(fields):
            named = Concat(Value(word), Cast("pk", models.CharField()), output_field=models.CharField())
            model._default_manager.filter(**whose).update(**dict.fromkeys(names, named))


def plant(merchant: Merchant, word: str) -> None:
    """Give this merchant's 3PL a row of every model that has an owner, and the word to all that has a name."""
    planter = Planter(merchant, word, factories.UserFactory())
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in OTHERS and hasattr(model, "organization"):
            planter.row_of(model)
    for status in OrderStatus:
        factories.OrderFactory(cart=planter.row_of(Cart), status=status, ship_by=clock.now() - timedelta(days=1))
    factories.OrderFactory(cart=planter.row_of(Cart), status=OrderStatus.HELD, held_for=HeldFor.UNROUTED)
    factories.ListingFactory(cart=planter.row_of(Cart), sku="UNMATCHED", is_unmatched=True)
    for system in Warehouse.objects.filter(organization=merchant.organization, kind="extensiv"):
        WarehouseAccess.objects.filter(organization=merchant.organization).update(warehouse=system)
    OrderSplitting.objects.filter(organization=merchant.organization).update(is_on=word == OF_OTHERS)
    factories.AlertFactory(organization=merchant.organization, merchant=merchant, closed_at=clock.now())
    factories.MethodRuleFactory(cart=None, organization=merchant.organization)
    make_subscription(merchant.organization)


def questions(ours: Things, theirs: Things) -> Iterator[Question]:
    """Yield all of an owner about another 3PL, of a seller about another merchant, and of their programs."""
    merchant, stranger = merchant_of(ours), merchant_of(theirs)
    plant(stranger, OF_OTHERS)
    plant(merchant, OF_ANOTHER_MERCHANT)
    mark(OF_OTHERS, organization=stranger.organization_id)
    mark(OF_ANOTHER_MERCHANT, organization=merchant.organization_id, merchant=merchant)
    Merchant.objects.filter(pk=merchant.pk).update(name=f"{OF_ANOTHER_MERCHANT}{merchant.pk}")
    yield from of_owner(ours, theirs)
    yield from of_newcomer()
    yield from of_seller(factories.MerchantFactory(organization=merchant.organization), ours)


def merchant_of(things: Things) -> Merchant:
    return Merchant.objects.select_related("organization").get(pk=things["merchant_id"])


def of_owner(own: Things, foreign: Things) -> Iterator[Question]:
    owner, program = client_of(own, Role.OWNER), Program(merchant_of(own).organization)
    yield from _of_pages("an owner", owner, own, foreign, OF_OTHERS)
    yield from _of_programs("a key", program, own, foreign, OF_OTHERS)
    address = f"{reverse('shipping:close')}?order={own['order_id']}"
    yield Question("an owner closes", True, partial(_page, owner, "get", address), partial(_shows, OF_OTHERS))
    if foreign:
        for about, asking, is_another in of_fields(owner, merchant_of(foreign).organization):
            yield Question(f"an owner {about} of others", False, asking, is_another)


def of_newcomer() -> Iterator[Question]:
    """Whoever has nothing yet sees at once what is not theirs."""
    organization, newcomer = factories.OrganizationFactory(reporting_currency="EUR"), Client()
    newcomer.force_login(factories.make_person(organization))
    yield from _of_pages("a newcomer", newcomer, {}, {}, OF_OTHERS)


def of_seller(merchant: Merchant, foreign: Things) -> Iterator[Question]:
    seller = Client()
    seller.force_login(factories.make_person(merchant.organization, Role.SELLER, merchant=merchant))
    program = Program(merchant.organization, merchant=merchant)
    yield from _of_pages("a seller", seller, {}, foreign, OF_ANOTHER_MERCHANT)
    yield from _of_programs("a seller's key", program, {}, foreign, OF_ANOTHER_MERCHANT)


def _of_pages(who: str, client: Client, own: Things, foreign: Things, word: str) -> Iterator[Question]:
    client.raise_request_exception = False
    for name, arguments, _ in test_tenancy.ROUTES:
        if arguments and foreign:
            for method in ("get", "post"):
                address = reverse(name, kwargs=arguments_of(arguments, foreign))
                asking = partial(_page, client, method, address)
                yield Question(f"{who} {method} {name} of others", False, asking, partial(_is_open, method, address))
        if not arguments or own:
            address = reverse(name, kwargs=arguments_of(arguments, own) if arguments else {})
            for query in ("", *NARROWED.get(name, ()), *([] if arguments else [f"?q={word}&tab=all"])):
                asking = partial(_page, client, "get", address + query)
                yield Question(f"{who} {name}{query}", True, asking, partial(_shows, word))


def _is_open(method: str, address: str, answer: Any) -> bool:
    if answer.status_code in {403, 404, 405}:
        return False
    return method == "post" or not is_only_sent_to(answer, address)


def _of_programs(who: str, program: Program, own: Things, foreign: Things, word: str) -> Iterator[Question]:
    program.client.raise_request_exception = False
    for name, arguments, view in test_api_tenancy.ROUTES:
        for method in test_api_tenancy.methods_of(view) if arguments and foreign else ():
            address = test_api_tenancy.address_of(name, arguments, foreign)
            asking = partial(undone, _whole, program.ask, method, address, {} if method != "GET" else None)
            yield Question(f"{who} {method} {name} of others", False, asking, partial(_answers, word))
        if hasattr(view, "get") and (own or not arguments):
            address = test_api_tenancy.address_of(name, arguments, own if arguments else {})
            asking = partial(undone, _whole, program.ask, "GET", address)
            yield Question(f"{who} {name}", True, asking, partial(_shows, word))


def _answers(word: str, answer: Any) -> bool:
    return answer.status_code not in {403, 404, 422} or _shows(word, answer)


def _shows(word: str, answer: Any) -> bool:
    """Whether the word stands in it, with a number. A page that breaks is no better."""
    return answer.status_code >= 500 or re.search(rf"{word}\d", content_of(answer).decode(errors="replace")) is not None


def _page(client: Client, method: str, address: str) -> Any:
    """Ask for a page, without what is still to be told of the one before."""
    client.cookies.pop("messages", None)
    return undone(_whole, getattr(client, method), address)


def _whole(asking: Callable[..., Any], *given: Any) -> Any:
    """Ask and read to the end: what is written down when a file was read is undone with the rest."""
    answer = asking(*given)
    if answer.streaming:
        answer.streaming_content = [b"".join(answer.streaming_content)]
    return answer


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else said(answer)
