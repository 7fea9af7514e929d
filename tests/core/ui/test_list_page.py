"""Lists: sorted by any column, page by page, with nothing repeated or left out."""

import json

import pytest
from django.test import RequestFactory
from django.utils.http import urlsafe_base64_encode

from core.accounts.models import Merchant, Organization
from core.ui.list_page import ListPage, listing

pytestmark = pytest.mark.django_db

SORTS = {"name": "name", "placed": "created_at", "organization": "organization__name"}


@pytest.fixture
def merchants() -> Organization:
    acme = Organization.objects.create(name="Acme")
    for number in range(7):
        Merchant.objects.create(organization=acme, name=f"Merchant {number}")
    return acme


def page(rf: RequestFactory, query: str = "", per_page: int = 3) -> ListPage:
    return listing(rf.get(f"/{query}"), Merchant.objects.all(), sorts=SORTS, default="-placed", per_page=per_page)


def names(found: ListPage) -> str:
    return "".join(row.name[-1] for row in found.rows)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "654 321 0"),
        ("?sort=name", "012 345 6"),
        ("?sort=-organization", "654 321 0"),
        ("?sort=password", "654 321 0"),
    ],
)
def test_pages_follow_one_another(merchants: Organization, rf: RequestFactory, query: str, expected: str) -> None:
    found = [page(rf, query)]
    while found[-1].query_older:
        found.append(page(rf, found[-1].query_older))

    assert " ".join(names(each) for each in found) == expected
    assert [(each.first, each.last, each.total) for each in found] == [(1, 3, 7), (4, 6, 7), (7, 7, 7)]


def test_a_row_that_arrives_meanwhile_moves_nothing(merchants: Organization, rf: RequestFactory) -> None:
    first = page(rf)
    Merchant.objects.create(organization=merchants, name="Merchant 7")

    assert names(page(rf, first.query_older)) == "321"


@pytest.mark.parametrize("after", ["nonsense", "W10", urlsafe_base64_encode(b'["no date", "1", 3]'), "%00", "é"])
def test_a_cursor_nobody_wrote_starts_the_list_over(merchants: Organization, rf: RequestFactory, after: str) -> None:
    assert names(page(rf, f"?after={after}")) == "654"


def written(*parts: object) -> str:
    return urlsafe_base64_encode(json.dumps(parts).encode())


@pytest.mark.parametrize(
    "after",
    [
        written("2026-11-20T12:00:00", "1", 3),  # without an offset
        written("2026-11-20", "1", 3),
        written("0001-01-01T00:00:00+14:00", "1", 3),
        written("9999-12-31T23:59:59-14:00", "1", 3),
        written("2026-11-20T12:00:00\0+00:00", "1", 3),
        written("2026-11-20T12:00:00+00:00", "1", "3"),
        written("2026-11-20T12:00:00+00:00", "1", -3),
        written("2026-11-20T12:00:00+00:00", "1", 10**12),
        written("2026-11-20T12:00:00+00:00", "1\ud800", 3),
        written("2026-11-20T12:00:00+00:00", "one", 3),
        written(["2026-11-20"], {}, None),
        urlsafe_base64_encode(b'["2026-11-20T12:00:00+00:00", "1", 1e999]'),
        urlsafe_base64_encode(b"[" * 2000),
        urlsafe_base64_encode(b"[" * 200_000),
        written("9" * 5000, "1", 3),
    ],
)
def test_a_cursor_no_database_could_be_asked_for_starts_the_list_over(
    merchants: Organization, rf: RequestFactory, after: str
) -> None:
    found = page(rf, f"?after={after}")

    assert (names(found), found.passed) == ("654", 0)


@pytest.mark.parametrize("value", ["NUL\0", "half\ud800"])
def test_a_text_no_database_could_hold_starts_the_list_over(
    merchants: Organization, rf: RequestFactory, value: str
) -> None:
    assert names(page(rf, f"?sort=name&after={written(value, '1', 3)}")) == "012"


def test_a_cursor_far_beyond_every_row_asks_for_no_more_than_the_database_knows(
    merchants: Organization, rf: RequestFactory
) -> None:
    assert names(page(rf, f"?sort=name&after={written('Merchant 3', '9' * 1000, 3)}")) == "456"


def test_the_longest_name_still_leads_to_the_next_page(rf: RequestFactory) -> None:
    acme = Organization.objects.create(name="Acme")
    for letter in "abcd":
        Merchant.objects.create(organization=acme, name="é" * 119 + letter)

    first = page(rf, "?sort=name")

    assert names(page(rf, first.query_older)) == "d"


def test_sorting_keeps_the_filters_and_forgets_the_page(merchants: Organization, rf: RequestFactory) -> None:
    found = page(rf, "?q=mug&cart=1&after=x&sort=-placed")

    assert found.query_sorted_by("name") == "?q=mug&cart=1&sort=-name"
    assert found.query_sorted_by("placed") == "?q=mug&cart=1&sort=placed"
    assert "after" not in found.query_sorted_by("placed")


def test_an_empty_list_has_one_empty_page(rf: RequestFactory) -> None:
    found = page(rf)

    assert (found.rows, found.first, found.last, found.total, found.query_older) == ([], 0, 0, 0, "")
