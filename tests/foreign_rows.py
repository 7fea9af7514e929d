"""Asking for what is somebody else's by every door: each question, and whether the answer gives anything away.

What others have bears a word of its own, so that it is found wherever it is shown. tests/test_foreign_rows.py asks all
of it; tests/tools/door_crawl.py asks it again with one beginning of a query after the other taken away.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Merchant
from tests import factories, test_api_tenancy, test_tenancy
from tests.api_client import Program
from tests.test_tenancy import Things, arguments_of, ask, client_of, is_only_sent_to

OF_OTHERS, OF_ANOTHER_MERCHANT = "Qx9", "Qy8"  # and a number: the word alone is what is searched for
SHOWN = {"name", "label", "number", "sku", "title", "reason", "because", "message", "subject", "text", "problem", "why"}
SHORTEST = 16


@dataclass(frozen=True, slots=True)
class Question:
    """``tells``: whether the answer to it holds what is somebody else's."""

    about: str
    is_search: bool
    tells: Callable[[], bool]


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


def questions(ours: Things, theirs: Things) -> Iterator[Question]:
    """Yield all of an owner about another 3PL, of a seller about another merchant, and of their programs."""
    merchant = Merchant.objects.select_related("organization").get(pk=ours["merchant_id"])
    stranger = Merchant.objects.get(pk=theirs["merchant_id"])
    mark(OF_OTHERS, organization=stranger.organization_id)
    mark(OF_ANOTHER_MERCHANT, organization=merchant.organization_id, merchant=merchant)
    Merchant.objects.filter(pk=merchant.pk).update(name=f"{OF_ANOTHER_MERCHANT}{merchant.pk}")
    other = factories.MerchantFactory(organization=merchant.organization)
    seller = Client()
    seller.force_login(factories.make_person(merchant.organization, Role.SELLER, merchant=other))
    owner = client_of(ours, Role.OWNER)
    programs = Program(merchant.organization), Program(merchant.organization, merchant=other)
    for client in (owner, seller, *(each.client for each in programs)):
        client.raise_request_exception = False
    yield from _of_pages("an owner", owner, ours, theirs, OF_OTHERS)
    yield from _of_pages("a seller", seller, {}, ours, OF_ANOTHER_MERCHANT)
    yield from _of_programs("a key", programs[0], theirs, OF_OTHERS)
    yield from _of_programs("a seller's key", programs[1], ours, OF_ANOTHER_MERCHANT)


def _of_pages(who: str, client: Client, own: Things, foreign: Things, word: str) -> Iterator[Question]:
    for name, arguments, _ in test_tenancy.ROUTES:
        if arguments:
            for method in ("get", "post"):
                address = reverse(name, kwargs=arguments_of(arguments, foreign))
                yield Question(f"{who} {method} {name} of others", False, _opens(client, method, address))
        if not arguments or own:
            address = reverse(name, kwargs=arguments_of(arguments, own) if arguments else {})
            for query in ("", f"?q={word}&tab=all"):
                yield Question(
                    f"{who} {name}{query}", bool(query) and not arguments, _shows(client, address + query, word)
                )


def _opens(client: Client, method: str, address: str) -> Callable[[], bool]:
    def tells() -> bool:
        answer = ask(client, method, address)
        return answer.status_code not in {403, 404} and not is_only_sent_to(answer, address)

    return tells


def _shows(client: Client, address: str, word: str) -> Callable[[], bool]:
    def tells() -> bool:
        return _gives_away(ask(client, "get", address), word)

    return tells


def _of_programs(who: str, program: Program, foreign: Things, word: str) -> Iterator[Question]:
    for name, arguments, view in test_api_tenancy.ROUTES:
        for method in test_api_tenancy.methods_of(view) if arguments else ["GET"] * hasattr(view, "get"):
            address = test_api_tenancy.address_of(name, arguments, foreign if arguments else {})
            yield Question(f"{who} {method} {name}", False, _answers(program, method, address, bool(arguments), word))


def _answers(program: Program, method: str, address: str, is_of_one: bool, word: str) -> Callable[[], bool]:
    def tells() -> bool:
        answer = program.ask(method, address, {} if method != "GET" else None)
        return is_of_one and answer.status_code not in {403, 404, 422} or _gives_away(answer, word)

    return tells


def _gives_away(answer: Any, word: str) -> bool:
    """Whether the word stands in it, with a number. A page that breaks is no better."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code >= 500 or re.search(rf"{word}\d", content.decode(errors="replace")) is not None
