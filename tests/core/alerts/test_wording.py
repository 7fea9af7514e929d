"""Every mail is a pair of templates, and goes out as text and HTML that say the same."""

from pathlib import Path
from typing import Any

import pytest

from carts.models import Cart
from carts.setup_links import sent_links
from core.accounts.access import Role
from core.accounts.models import Membership, Organization
from core.alerts import tasks as alerts_tasks
from core.alerts import wording
from core.alerts.audience import subscriptions
from core.alerts.models import Mail, Topic
from core.alerts.raised import raise_alert
from core.common import clock
from core.people.invitations import sent_invitations as people_inviting
from tests.factories import CartFactory, MerchantFactory, OrganizationFactory, make_person
from tests.mail_content import links_of, words_of
from tests.mail_sink import Sink, html_of, text_of

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "templates" / "mail"
PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")
NAME = "Ampel & Söhne <b>{link}</b>"
SELLER = "jo@seller.example"

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Organization:
    made: Organization = OrganizationFactory(name=NAME)
    return made


@pytest.fixture
def cart(house: Organization) -> Cart:
    made: Cart = CartFactory(merchant=MerchantFactory(organization=house, name="Blue & <i>Mug</i>"))
    return made


def pairs() -> set[str]:
    return {
        path.relative_to(TEMPLATES).as_posix().removesuffix("_subject.txt")
        for path in TEMPLATES.glob("*/*_subject.txt")
    }


def test_every_subject_has_its_text() -> None:
    assert len(pairs()) >= 7
    assert [name for name in pairs() if not (TEMPLATES / f"{name}.txt").is_file()] == []


def test_every_mail_that_is_written_is_used() -> None:
    code = "".join(path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

    assert [name for name in sorted(pairs()) if f'"{name}"' not in code] == []


def test_text_and_html_of_every_mail_say_the_same(house: Organization, cart: Cart, mail_sink: Sink) -> None:
    owner = make_person(house, Role.OWNER)
    place = subscriptions.SubscriptionScope(house, cart, "everything <of> us")
    subscriptions.subscribe(place, person=None, address=SELLER, topics=list(Topic), by=owner, now=clock.now())
    link = sent_links.send(cart, SELLER, by=owner, now=clock.now())
    sent_links.tell_both(link, store_name="Mugs & More", now=clock.now())
    membership = Membership.objects.get(organization=house, user=owner)
    people_inviting.invite(house, "new@northwind.example", Role.STAFF, None, by=membership, now=clock.now())
    raise_alert("cart.checks", cart, "It lacks <a> warehouse & more.", now=clock.now(), path="/carts/7/")

    alerts_tasks.mail_due()

    abouts = {"subscription.added", "setup_link.sent", "setup_link.completed", "person.invited", "cart.checks"}
    assert set(Mail.objects.values_list("cause", flat=True)) == abouts
    assert len(mail_sink.messages) == Mail.objects.count() >= 7
    for message in mail_sink.messages:
        assert message.get_content_type() == "multipart/alternative"
        assert words_of(html_of(message)) == text_of(message).split()
        assert "<b>" not in html_of(message)
        assert "<i>" not in html_of(message)


def test_names_are_escaped_in_html_alone(house: Organization, cart: Cart, mail_sink: Sink) -> None:
    sent_links.send(cart, SELLER, by=None, now=clock.now())

    alerts_tasks.mail_due()

    (message,) = mail_sink.to(SELLER)
    assert "Ampel & Söhne <b>(link)</b> will ship your orders" in text_of(message)
    assert "Ampel &amp; Söhne &lt;b&gt;(link)&lt;/b&gt; will ship your orders" in html_of(message)
    assert len(links_of(html_of(message))) == 1


def test_a_personal_link_is_one_in_the_html_too(house: Organization, cart: Cart, mail_sink: Sink) -> None:
    link = sent_links.send(cart, SELLER, by=None, now=clock.now())

    alerts_tasks.mail_due()

    (message,) = mail_sink.to(SELLER)
    assert links_of(html_of(message)) == [link.url]
    assert html_of(message).count("<li>") == 4


@pytest.mark.parametrize(
    ("values", "subject"),
    [
        ({"created": 1, "failed": 0, "where": "Amazon.de"}, "Amazon.de: 1 order came in"),
        ({"created": 2, "failed": 1, "where": ""}, "2 orders came in, 1 order failed to import"),
        ({"created": 0, "failed": 30, "where": ""}, "30 orders failed to import"),
    ],
)
def test_one_and_many_are_said_each_in_its_way(values: dict[str, Any], subject: str) -> None:
    assert wording.write("alerts/orders", {**values, "parts": []}).subject == subject


@pytest.mark.parametrize(
    ("left", "subject", "text"),
    [
        (1, "1 alert is still open: It broke", "It broke: it has calmed down, and 1 of its 30 alerts is still open."),
        (
            3,
            "3 alerts are still open: It broke",
            "It broke: it has calmed down, and 3 of its 30 alerts are still open.",
        ),
    ],
)
def test_what_a_storm_left_is_counted_in_words(left: int, subject: str, text: str) -> None:
    storm = {"heading": "It broke", "count": 30, "still_open": left, "example": "", "page": "https://here.example/"}

    said = wording.write("alerts/alerts", {"alone": storm, "calmed": [storm], "things": left})

    assert said.subject == subject
    assert said.text.startswith(text + "\nSee what is open: https://here.example/")


def test_a_text_keeps_no_space_that_its_template_has() -> None:
    said = wording.write("carts/setup_link_used", {"warehouse": "A", "place": "B", "store": ""})

    assert "\n\n\n" not in said.text
    assert said.text == said.text.strip() + "\n"
    assert said.text.startswith("Thank you. You have authorized A to work with your seller account on B.")
