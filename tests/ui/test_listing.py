"""Lists: sorted by any column, page by page, with nothing repeated or left out."""

import pytest
from django.test import RequestFactory
from django.utils.http import urlsafe_base64_encode

from integration_manager.accounts.models import Merchant, Organization
from integration_manager.ui.listing import Listing, listing

pytestmark = pytest.mark.django_db

SORTS = {"name": "name", "placed": "created_at", "organization": "organization__name"}


@pytest.fixture
def merchants() -> Organization:
    acme = Organization.objects.create(name="Acme")
    for number in range(7):
        Merchant.objects.create(organization=acme, name=f"Merchant {number}")
    return acme


def page(rf: RequestFactory, query: str = "", per_page: int = 3) -> Listing:
    return listing(rf.get(f"/{query}"), Merchant.objects.all(), sorts=SORTS, default="-placed", per_page=per_page)


def names(found: Listing) -> str:
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


def test_sorting_keeps_the_filters_and_forgets_the_page(merchants: Organization, rf: RequestFactory) -> None:
    found = page(rf, "?q=mug&cart=1&after=x&sort=-placed")

    assert found.query_sorted_by("name") == "?q=mug&cart=1&sort=-name"
    assert found.query_sorted_by("placed") == "?q=mug&cart=1&sort=placed"
    assert "after" not in found.query_sorted_by("placed")


def test_an_empty_list_has_one_empty_page(rf: RequestFactory) -> None:
    found = page(rf)

    assert (found.rows, found.first, found.last, found.total, found.query_older) == ([], 0, 0, 0, "")
