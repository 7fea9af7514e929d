"""Settings, Organization: what it is called, how it looks, where its clock and its answers are."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.accounts.models import Logo, Membership, Organization
from core.activity.models import Event
from tests.core.people.brand.pictures import png
from tests.core.people.conftest import LogIn

pytestmark = pytest.mark.one_database
PAGE = "/settings/organization/"


def save(client: Client, **fields: Any) -> Any:
    said = {"name": "Northwind 3PL", "color": "#2f5bd7", "time_zone": "UTC", "reply_to": ""}
    return client.post(PAGE, {**said, **fields}, follow=True)


def picture(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def stored(membership: Membership) -> Organization:
    return Organization.objects.get(pk=membership.organization_id)


def test_an_owner_sets_name_color_time_zone_and_who_reads_answers(owner: Membership, log_in: LogIn) -> None:
    browser = log_in(owner)

    answer = save(
        browser,
        name="Desert Fulfillment",
        color="#ffcc00",
        time_zone="America/Los_Angeles",
        reply_to="desk@desert.example",
    )

    kept = stored(owner)
    assert "The organization&#x27;s settings were saved." in answer.content.decode()
    assert (kept.name, kept.color, kept.time_zone) == ("Desert Fulfillment", "#ffcc00", "America/Los_Angeles")
    assert kept.reply_to == "desk@desert.example"
    assert kept.ink == "#000000"  # white would not be read on yellow
    event = Event.objects.get(kind="organization.changed")
    assert event.details == {"fields": "name, color, time zone, reply-to address"}
    assert save(browser, name=kept.name, color=kept.color, time_zone=kept.time_zone, reply_to=kept.reply_to)
    assert Event.objects.filter(kind="organization.changed").count() == 1


def test_the_logo_is_served_as_a_picture_and_nothing_else(owner: Membership, log_in: LogIn) -> None:
    browser = log_in(owner)
    save(browser, new_logo=picture(png()))
    first = stored(owner).logo_path

    answer = Client().get(first)

    assert answer.content == png()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert first in browser.get(reverse("dashboard")).content.decode()

    save(browser, new_logo=picture(png(64, 64)))
    assert Client().get(first).status_code == 404
    assert Client().get(stored(owner).logo_path).content == png(64, 64)

    save(browser, without_logo="on")
    assert not Logo.objects.exists()
    assert first not in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("address", ["/logo/1/", "/logo/%20/", "/logo/nobodys-logo/"])
def test_no_logo_is_found_by_a_guess(owner: Membership, log_in: LogIn, address: str) -> None:
    save(log_in(owner), new_logo=picture(png()))

    assert Client().get(address).status_code == 404


def test_a_file_that_is_no_picture_is_refused_and_the_rest_stays_as_typed(owner: Membership, log_in: LogIn) -> None:
    answer = save(log_in(owner), name="Renamed", new_logo=picture(b"<svg onload=alert(1)>", "logo.png"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose a PNG or JPEG file." in page
    assert 'value="Renamed"' in page
    assert stored(owner).name == "Northwind 3PL"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Enter the organization&#x27;s name."),
        ("color", "red", "“red” is not a color."),
        ("color", "#12345", "is not a color."),
        ("time_zone", "Moon/Base", "This choice isn&#x27;t offered any more."),
        ("reply_to", "desk", "Enter an email address like name@example.com."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    owner: Membership, log_in: LogIn, field: str, value: str, said: str
) -> None:
    answer = save(log_in(owner), **{field: value})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Event.objects.filter(kind="organization.changed").exists()


def test_staff_see_the_rest_of_settings_and_not_the_organization(staff: Membership, log_in: LogIn) -> None:
    browser = log_in(staff)

    area = browser.get("/settings/", follow=True)

    assert area.redirect_chain == [("/shipping/warehouses/", 302)]
    assert browser.get(PAGE).status_code == 403
    assert save(browser, name="Mine now").status_code == 403
    assert PAGE not in area.content.decode()


def test_what_an_admin_saves_does_not_overwrite_another_ones(
    owner: Membership, admin: Membership, log_in: LogIn
) -> None:
    page = log_in(owner).get(PAGE).context["form"]
    save(log_in(admin), name="By the admin")

    answer = save(log_in(owner), name="By the owner", seen=page["seen"].value())

    assert answer.status_code == 422
    assert stored(owner).name == "By the admin"
