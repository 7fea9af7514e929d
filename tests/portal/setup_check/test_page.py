"""The Set-up check: an owner sees what doctor sees, and no page waits for another server."""

from typing import Any

import pytest
from django.conf import settings as given
from django.test import Client

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.common import clock
from core.common.bell import Bell
from core.upkeep import installation
from core.upkeep.models import KeptFinding
from integration_manager import tasks
from integration_manager.doctor import registry
from integration_manager.doctor.registry import EXAMINATIONS, error, fine
from integration_manager.portal.setup_check import sections
from tests.doctor.sound import Sound, sound
from tests.factories import CartFactory
from tests.organization import ClientFor, acme, client_for, owner
from tests.world import still

__all__ = ["ClientFor", "acme", "client_for", "owner", "sound", "still"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]

PAGE = "/setup-check/"
COUNTS_OF_ALL = {"alerts", "stuck-errands", "oldest-errand", "owner", "sessions"}  # of every organization here


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The checks that were made, none of which asks anybody."""
    made: list[str] = []
    for name, each in EXAMINATIONS.items():

        def run(name: str = name) -> registry.Finding:
            made.append(name)
            return error(f"{name} is wrong.", "Mend it.") if name in ("mail", "disk") else fine(f"{name} is right.")

        played = registry.Examination(name, run, each.remote, "", None)
        monkeypatch.setitem(EXAMINATIONS, name, played)
    return made


def test_an_owner_sees_the_addresses_to_register_and_every_check_with_its_remedy(
    owner: Client, asked: list[str], settings: Any
) -> None:
    settings.PUBLIC_URL = "https://portal.example.com"

    page = owner.get(PAGE).content.decode()

    assert "https://portal.example.com/carts/amazon/login/" in page
    assert "https://portal.example.com/carts/amazon/returned/" in page
    assert "1 thing to look at" in page
    assert page.index("1 thing to look at") < page.index("disk is wrong.") < page.index("Addresses to register")
    assert "Mend it." in page
    assert "vault-keys is right." in page
    assert "Direct-to-Consumer Shipping (restricted)" in page


@pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF, Role.VIEWER])
def test_nobody_but_an_owner_sees_it(client_for: ClientFor, owner: Client, asked: list[str], role: Role) -> None:
    client = client_for(role)

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}look/").status_code == 403
    assert PAGE not in client.get("/settings/", follow=True).content.decode()
    assert f'href="{PAGE}"' in owner.get("/settings/", follow=True).content.decode()


def test_the_page_asks_no_other_server(owner: Client, asked: list[str]) -> None:
    owner.get(PAGE)
    owner.get(f"{PAGE}outside/")

    assert asked
    assert not [name for name in asked if EXAMINATIONS[name].remote]


def test_every_check_is_shown_but_for_what_counts_the_things_of_all_organizations() -> None:
    shown = [name for _, labels in sections.HERE for name in labels]

    assert len(set(shown)) == len(shown)
    assert not [name for name in shown if EXAMINATIONS[name].remote]
    assert {name for name, each in EXAMINATIONS.items() if each.remote} == set(sections.OUTSIDE)
    left_out = set(EXAMINATIONS) - set(shown) - set(sections.OUTSIDE)
    assert left_out >= COUNTS_OF_ALL
    assert left_out - COUNTS_OF_ALL <= {
        "static-files",
        "log-ins",
        "database-version",
        "database-connections",
        "redis-policy",
        "redis-memory",
        "lists",
    }


def test_a_worker_asks_and_the_page_follows(owner: Client, asked: list[str], rung: list[str], still: Any) -> None:
    assert "Not checked yet." in owner.get(PAGE).content.decode()

    sent = owner.post(f"{PAGE}look/")

    assert rung == [Bell.LOOK_OUTSIDE]
    waiting = owner.get(sent["location"]).content.decode()
    assert "Checking." in waiting
    assert "/setup-check/outside/?since=" in waiting
    still.shift(2)
    tasks.look_outside()
    done = owner.get(sent["location"]).content.decode()
    assert "Checking." not in done
    assert "mail is wrong." in done
    assert "amazon is right." in done


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(Bell, "ring", lambda bell, **_: heard.append(bell))
    return heard


def test_where_no_worker_answers_the_page_says_so_and_stops_asking(
    owner: Client, asked: list[str], rung: list[str]
) -> None:
    since = int(clock.now().timestamp())

    page = owner.get(f"{PAGE}outside/?since={since}&asked=99").content.decode()

    assert "No worker has answered" in page
    assert "hx-get" not in page


def test_it_rests_after_it_was_pressed_and_asks_nothing_while_paused(
    owner: Client, asked: list[str], rung: list[str]
) -> None:
    owner.post(f"{PAGE}look/")
    again = owner.post(f"{PAGE}look/", follow=True).content.decode()
    assert "Try again in" in again
    assert len(rung) == 1

    installation.pause("Somebody said so.")
    said = owner.post(f"{PAGE}look/", follow=True).content.decode()
    assert "no other server is asked" in said
    assert len(rung) == 1


def test_a_role_that_the_last_test_missed_is_named_with_the_cart(
    owner: Client, acme: Organization, asked: list[str], still: Any
) -> None:
    missing = {"name": "Listings", "passed": False, "outcome": "x", "remedy": "", "essential": True}
    cart = CartFactory(merchant__organization=acme, name="Mugs in the US")
    foreign = CartFactory(name="Of another 3PL")
    still.shift(60)
    Cart.objects.filter(pk__in=(cart.pk, foreign.pk)).update(checks=[missing], checked_at=clock.now())

    page = owner.get(PAGE).content.decode()

    assert "Mugs in the US" in page
    assert "Of another 3PL" not in page


def test_nothing_secret_is_on_it(owner: Client, sound: Sound) -> None:
    sound.settings.EMAIL_HOST_USER, sound.settings.EMAIL_HOST_PASSWORD = "portal", "s3cret-of-mail"
    tasks.look_outside()

    page = owner.get(PAGE).content.decode()

    ours = sound.settings.MARKETPLACES["amazon"]
    secrets = [sound.settings.SECRET_KEY, "s3cret-of-mail", ours["client_secret"], *given.VAULT_KEYS]
    assert not [secret for secret in secrets if secret in page]
    assert KeptFinding.objects.count() == len(sections.OUTSIDE)


def test_the_statements_stay_as_many_with_more_carts(
    owner: Client,
    acme: Organization,
    asked: list[str],
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    CartFactory(merchant__organization=acme)
    with django_assert_max_num_queries(40) as first:
        owner.get(PAGE)
    for _ in range(5):
        CartFactory(merchant__organization=acme)

    with django_assert_num_queries(len(first.captured_queries)):
        owner.get(PAGE)
