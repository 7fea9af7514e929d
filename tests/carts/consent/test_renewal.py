"""Reminders of what ends by the calendar: sellers' authorizations, and our own secret."""

import os
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings

from carts import tasks
from carts.alerts import GRANT_LAPSES, SECRET_ENDS
from carts.consent import renewal
from carts.models import RENEWAL, Cart, Grant, SetupLink
from carts.setup_links import sent_links
from core.alerts.mail import alert_mails
from core.alerts.models import Alert, Mail
from integration_manager.settings_reader import SettingsReader
from tests import factories
from tests.world import World

SELLERS = "seller@bluemug.example"
ROTATED_ON = "AMAZON_LWA_SECRET_ROTATED_ON"


def days_left(world: World, days: float) -> None:
    """Move to where so many days are left."""
    assert world.cart.grant
    world.traveller.move_to(world.cart.grant.authorized_at + RENEWAL - timedelta(days=days))


def sweep(world: World) -> None:
    tasks.remind_due()
    alert_mails.write_alerts(now=world.now)


def links() -> list[SetupLink]:
    return list(SetupLink.objects.order_by("pk"))


def lapsing(cause: str = GRANT_LAPSES) -> Alert:
    found: Alert = Alert.objects.get(cause=cause, closed_at=None)
    return found


def mails_to(address: str) -> list[Mail]:
    return list(Mail.objects.filter(to=address).order_by("pk"))


@pytest.fixture
def known(world: World) -> World:
    """The merchant has an address."""
    world.merchant.email = SELLERS
    world.merchant.save(update_fields=["email"])
    return world


# -- Sellers' authorizations -----------------------------------------------------------------------------------------
def test_while_there_is_time_nobody_is_reminded(known: World) -> None:
    days_left(known, 60.1)

    sweep(known)

    assert (links(), list(Alert.objects.all())) == ([], [])


def test_each_reminder_goes_once_to_the_seller_and_to_the_staff(known: World) -> None:
    for days in (60, 45, 30, 29, 7, 1, 0.5):
        days_left(known, days)
        sweep(known)
        sweep(known)

    assert [link.purpose for link in links()] == [SetupLink.Purpose.RENEW] * 4
    assert len(mails_to(SELLERS)) == 4
    assert len(mails_to(known.person.email)) == 4, "staff are mailed at each threshold, about one alert"
    assert Alert.objects.filter(cause=GRANT_LAPSES).count() == 1  # that the links are unopened is another
    assert Grant.objects.get().reminded_days == 1


def test_after_a_standstill_only_the_nearest_reminder_goes(known: World) -> None:
    days_left(known, 5)

    sweep(known)
    sweep(known)

    assert len(mails_to(SELLERS)) == len(mails_to(known.person.email)) == 1
    assert Grant.objects.get().reminded_days == 7
    assert "in 5 days" in lapsing().message


def test_two_sweeps_at_once_remind_once(known: World) -> None:
    days_left(known, 30)
    as_both_read_it = Grant.objects.select_related("merchant").get()

    assert renewal._remind(as_both_read_it, known.now)
    assert not renewal._remind(as_both_read_it, known.now)

    assert len(links()) == 1


def test_the_alert_counts_down_without_another_mail(known: World) -> None:
    days_left(known, 30)
    sweep(known)
    days_left(known, 20)
    sweep(known)

    assert "in 20 days, on 2027-11-20" in lapsing().message
    assert len(mails_to(known.person.email)) == 1


def test_the_seller_is_written_to_where_the_last_good_link_went(known: World) -> None:
    right = sent_links.send(known.cart, "right@bluemug.example", by=known.person, now=known.now)
    assert right.use(now=known.now)
    sent_links.send(known.cart, "mistyped@bluemug.example", by=known.person, now=known.now)
    sent_links.revoke(known.cart, by=known.person, now=known.now)
    days_left(known, 60)

    sweep(known)

    assert links()[-1].email == "right@bluemug.example"


def test_without_any_address_the_staff_are_told_what_to_do(world: World) -> None:
    days_left(world, 60)

    sweep(world)

    assert links() == []
    assert "share a setup link" in lapsing().message
    assert lapsing().path == world.cart.get_absolute_url()


def test_after_the_year_nothing_is_stopped(known: World) -> None:
    days_left(known, -3)

    sweep(known)
    sweep(known)

    assert Grant.objects.get().state == Grant.State.CONNECTED
    assert "Amazon may end it at any time" in lapsing().message
    assert len(mails_to(SELLERS)) == 1
    known.order_placed()
    assert known.download().new == 1


def test_renewing_ends_the_alert_and_begins_the_year_anew(known: World) -> None:
    days_left(known, 7)
    sweep(known)
    known.renew()
    sweep(known)

    assert not Alert.objects.filter(closed_at=None).exists()
    assert Grant.objects.get().reminded_days is None
    days_left(known, 60)
    sweep(known)
    assert Grant.objects.get().reminded_days == 60


@pytest.mark.parametrize("state", [Cart.State.DISCONNECTED, Cart.State.ARCHIVED])
def test_an_authorization_no_cart_uses_is_let_go(known: World, state: Cart.State) -> None:
    Cart.objects.update(state=state)
    days_left(known, 1)

    sweep(known)

    assert (links(), list(Alert.objects.all())) == ([], [])


def test_one_that_ended_is_not_reminded_of_but_alarmed_about(known: World) -> None:
    days_left(known, 30)
    sweep(known)
    Grant.objects.update(state=Grant.State.ENDED)
    days_left(known, 7)

    sweep(known)

    assert len(links()) == 1


# -- Our own secret --------------------------------------------------------------------------------------------------
@pytest.fixture
def secret(world: World, settings: Any) -> Any:
    """Say when the secret was made."""

    def made(on: date | None) -> None:
        ours = {**settings.MARKETPLACES["amazon"], "secret_rotated_on": on}
        settings.MARKETPLACES = {"amazon": ours}

    return made


def age(world: World, days_left: int) -> date:
    return world.now.date() + timedelta(days=days_left) - timedelta(days=180)


def test_a_young_secret_or_one_of_unknown_age_says_nothing(world: World, secret: Any) -> None:
    for made in (None, age(world, 61)):
        secret(made)
        sweep(world)

    assert not Alert.objects.exists()


def test_a_secret_that_ends_is_told_to_everybody_with_carts_at_60_30_7_and_1_days_and_after(
    world: World, secret: Any
) -> None:
    factories.OrganizationFactory()  # has no cart
    elsewhere = factories.CartFactory()
    secret(age(world, 60))
    for _ in range(62):
        sweep(world)
        sweep(world)
        world.later(days=1)

    said = [mail.text.split("\n")[0] for mail in mails_to(world.person.email)]
    assert ["in 60 days" in said[0], "in 30 days" in said[1], "in 7 days" in said[2], "in 1 day," in said[3]] == [
        True
    ] * 4
    assert len(said) == 4
    assert "expired on" in Alert.objects.get(organization=world.organization).message
    assert Alert.objects.filter(cause=SECRET_ENDS).count() == 2
    assert Alert.objects.filter(organization=elsewhere.organization).exists()


def test_a_new_secret_ends_the_alert(world: World, secret: Any) -> None:
    secret(age(world, -1))
    sweep(world)
    assert lapsing(SECRET_ENDS)

    secret(world.now.date())
    sweep(world)

    assert not Alert.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize(
    ("given", "read"),
    [("2026-06-01", date(2026, 6, 1)), ("", None), ("1.6.2026", None), ("2999-01-01", None)],
)
def test_a_date_that_cannot_be_is_no_date(given: str, read: date | None) -> None:
    reader = SettingsReader(given={ROTATED_ON: given})

    assert reader.past_day(ROTATED_ON) == read
    wrong = {ROTATED_ON: f"{ROTATED_ON} is “{given}”. Write the day the secret was made, like 2026-11-20."}
    assert reader.problems == ({} if read or not given else wrong)


def test_a_date_that_cannot_be_is_said_at_the_start() -> None:
    environment = {**os.environ, ROTATED_ON: "1.6.2026"}
    command = [sys.executable, "manage.py", "check"]

    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert f"{ROTATED_ON} is “1.6.2026”. Write the day" in done.stderr
