"""Whatever others have, an answer is the same: nothing of theirs is shown, counted or searched.

What is asked for by its number is looked at in tests/test_tenancy.py, and the API in tests/test_api_tenancy.py.
"""

from collections.abc import Sequence

import pytest
import time_machine
from django.urls import reverse

from core.accounts.access import Role
from simulator.amazon import Simulator
from tests import factories, foreign_fields, foreign_rows
from tests.foreign_rows import OF_ANOTHER_MERCHANT, OF_OTHERS, Answer, Question
from tests.test_tenancy import Things, arguments_of, client_of, ours, theirs, things_of

__all__ = ["ours", "theirs"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


WRITING = {"shipping:carriers": [], "shipping:methods": ["cart_id"]}  # whoever opens them first makes what they show


def answers(asked: Sequence[Question]) -> dict[str, Answer]:
    return {each.about: each.answer() for each in asked}


def given_away(before: dict[str, Answer], after: dict[str, Answer]) -> list[str]:
    return [about for about, answer in after.items() if answer.gives_away or answer != before[about]]


def test_nothing_of_another_3pl_changes_an_answer(
    still: time_machine.Traveller, ours: Things, simulator: Simulator
) -> None:
    foreign_rows.plant(foreign_rows.merchant_of(ours), OF_ANOTHER_MERCHANT)
    owner = client_of(ours, Role.OWNER)
    for name, arguments in WRITING.items():
        owner.get(reverse(name, kwargs=arguments_of(arguments, ours)))
    asked = [*foreign_rows.of_owner(ours, {}), *foreign_rows.of_newcomer()]
    before = answers(asked)

    stranger = foreign_rows.merchant_of(things_of(factories.OrganizationFactory()))
    foreign_rows.plant(stranger, OF_OTHERS)
    foreign_rows.mark(OF_OTHERS, organization=stranger.organization_id)

    assert len(asked) > 200
    assert given_away(before, answers(asked)) == []


def test_what_is_anothers_is_answered_in_a_field_like_what_is_not_there(
    still: time_machine.Traveller, ours: Things, theirs: Things, simulator: Simulator
) -> None:
    stranger = foreign_rows.merchant_of(theirs)
    foreign_rows.plant(stranger, OF_OTHERS)

    asked = foreign_fields.of_fields(client_of(ours, Role.OWNER), stranger.organization)

    assert [about for about, asking, is_another in asked if is_another(asking())] == []


def test_nothing_of_another_merchant_changes_a_sellers_answer(
    still: time_machine.Traveller, simulator: Simulator
) -> None:
    seller = factories.MerchantFactory()
    asked = list(foreign_rows.of_seller(seller, {}))
    before = answers(asked)

    other = foreign_rows.merchant_of(things_of(seller.organization))
    foreign_rows.plant(other, OF_ANOTHER_MERCHANT)
    foreign_rows.mark(OF_ANOTHER_MERCHANT, organization=other.organization_id, merchant=other)

    assert len(asked) > 80
    assert given_away(before, answers(asked)) == []
