"""No page shows anybody a link or a button that their role may not follow or press."""

from html.parser import HTMLParser
from urllib.parse import urldefrag

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from core.accounts.access import ABILITIES, Role
from simulator.amazon import Simulator
from tests.test_tenancy import CHANGING, ROUTES, Things, arguments_of, client_of, ours
from tests.world import simulator

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
__all__ = ["ours", "simulator"]  # fixtures


class Ways(HTMLParser):
    """Where a page leads: its links, and where its forms are sent."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address = address
        self.form = ""
        self.links: set[str] = set()
        self.sent: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.add(urldefrag(said["href"]).url)
        if tag == "form":
            action = urldefrag(said.get("action", "")).url.partition("?")[0] or self.address
            self.form = action if said.get("method") == "post" else ""
        if tag == "button" and said.get("type", "submit") == "submit" and self.form:
            self.sent.add(self.form)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = ""


def pages(browser: Client, things: Things) -> dict[str, Ways]:
    found = {}
    for name, arguments, ability in ROUTES:
        address = reverse(name, kwargs=arguments_of(arguments, things))
        answer = browser.get(address)
        if ability and answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            found[address] = Ways(answer.content.decode(), address)
    return found


@pytest.mark.parametrize("role", Role)
def test_every_link_and_button_is_for_whoever_sees_it(role: Role, ours: Things, simulator: Simulator) -> None:
    browser = client_of(ours, role)
    found = pages(browser, ours)
    links = {link: address for address, ways in found.items() for link in ways.links if not link.startswith("/static")}
    buttons = {sent: address for address, ways in found.items() for sent in ways.sent}

    dead = {f"{address} → {link}" for link, address in links.items() if browser.get(link).status_code in (403, 404)}
    forbidden = set()
    for sent, address in buttons.items():
        try:
            match = resolve(sent)
        except Resolver404:
            forbidden.add(f"{address} → {sent}")
            continue
        wanted = CHANGING.get(match.view_name, getattr(match.func, "ability", None))
        if wanted and wanted not in ABILITIES[role]:
            forbidden.add(f"{address} → {sent}")

    assert len(found) > 10
    assert dead == set()
    assert forbidden == set()
