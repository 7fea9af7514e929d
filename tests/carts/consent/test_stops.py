"""The stop switch of a seller account: effective from the next request, recorded, and without anything lost."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from carts import connections
from carts.alerts import GRANT_STOPPED
from carts.models import Cart
from core.activity.models import Event
from core.alerts.models import Alert
from core.common.remote import Throttled
from core.upkeep import installation
from tests.world import SELLER, World


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("stop_seller", *arguments, stdout=out)
    return out.getvalue()


def test_a_stopped_seller_is_asked_nothing_from_the_next_request_on_and_nothing_is_lost(world: World) -> None:
    number = world.order_placed()

    assert "stopped." in said(SELLER, "--because", "Amazon asked us to.")
    with pytest.raises(Throttled, match="Stopped"):
        world.download()
    assert not Cart.objects.asked().exists()
    assert "as before" in said(SELLER)

    assert "Amazon asked us to." in Alert.objects.get(cause=GRANT_STOPPED, closed_at=None).message
    assert "goes on." in said(SELLER, "--go-on")
    world.download()
    assert world.order(number)
    assert not Alert.objects.filter(cause=GRANT_STOPPED, closed_at=None).exists()
    assert list(Event.objects.filter(kind__in=["grant.stopped", "grant.went_on"]).values_list("kind", flat=True)) == [
        "grant.stopped",
        "grant.went_on",
    ]


def test_a_pause_of_the_portal_counts_within_a_run_too(world: World) -> None:
    """A conversation that has begun looks at the switch before each request."""
    order = world.at_warehouse()
    assert world.cart.grant is not None
    with connections.marketplace(world.cart.grant) as marketplace:
        assert marketplace.order(order.number)
        installation.pause("Somebody said so.")
        with pytest.raises(Throttled, match="Stopped"):
            marketplace.order(order.number)


def test_a_seller_nobody_connected_is_not_stopped(world: World) -> None:
    with pytest.raises(CommandError, match="Nobody has connected"):
        said("A0NOBODY")
