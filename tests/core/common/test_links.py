"""Personal links: an address that the row alone does not give away, and one use."""

from datetime import timedelta

import pytest

from core.accounts.access import Role
from core.accounts.models import Invitation
from core.common import clock, links, vault
from tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def link() -> Invitation:
    made, now = links.make(), clock.now()
    invitation: Invitation = Invitation.objects.create(
        organization=OrganizationFactory(),
        email="nina@northwind.example",
        role=Role.STAFF,
        nonce=made.nonce,
        digest=made.digest,
        created_at=now,
        expires_at=now + WEEK,
    )
    return invitation


def test_a_link_is_found_by_its_token_and_by_no_other(link: Invitation) -> None:
    token = links.token(link.kept)

    assert link.url.endswith(link.path)
    assert token in link.path
    assert Invitation.objects.of_token(token).get() == link
    assert not Invitation.objects.of_token(token[:-1]).exists()
    assert token not in (link.nonce, link.digest)
    assert vault.digest(token) == link.digest


def test_a_link_is_used_once(link: Invitation) -> None:
    now = clock.now()
    also = Invitation.objects.get()

    assert link.use(now=now)
    assert not also.use(now=now)
    assert not also.revoke(now=now)
    assert Invitation.objects.get().revoked_at is None


def test_a_link_that_was_revoked_or_expired_cannot_be_used(link: Invitation) -> None:
    now = clock.now()

    assert not link.use(now=link.expires_at)
    assert link.revoke(now=now)
    assert not link.use(now=now)
    assert not Invitation.objects.unspent().exists()


def test_a_link_that_expired_is_unspent_and_not_usable(link: Invitation) -> None:
    assert link.is_open(link.expires_at - timedelta(seconds=1))
    assert not link.is_open(link.expires_at)
    assert Invitation.objects.unspent().get() == link
    assert not Invitation.objects.usable(link.expires_at).exists()
