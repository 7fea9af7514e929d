"""Pages without views: rendered as a view would, then shown in a real browser under our Content-Security-Policy."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.urls import resolve
from playwright.sync_api import Browser, Page, Route

from core.accounts.access import Access, Role
from core.accounts.models import Organization, User
from core.upkeep import installation

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 21, 10, 41, tzinfo=UTC)
STATIC = f"/{project.STATIC_URL.strip('/')}/"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"


def three(access: object) -> int:
    return 3


@pytest.fixture
def house(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The menu of the target screens, of a portal that sends. Nothing of it is asked of a database."""
    monkeypatch.setattr(installation, "said_paused", lambda: "")
    settings.ROOT_URLCONF = "tests.core.ui.urls"  # type: ignore[attr-defined]
    settings.MENU_COUNTS = {"Alerts": "tests.core.ui.conftest.three"}  # type: ignore[attr-defined]
    settings.AMAZON_SIMULATED = False  # type: ignore[attr-defined]


@pytest.fixture
def staff_request(house: None, rf: RequestFactory) -> HttpRequest:
    request = rf.get("/orders/")
    request.resolver_match = resolve("/orders/")
    request.user = User(email="maria.ortiz@northwind.example")
    northwind = Organization(name="Northwind 3PL", time_zone="UTC")
    request.access = Access(user_id=1, organization=northwind, role=Role.STAFF)  # type: ignore[attr-defined]
    return request


Render = Callable[..., str]


@pytest.fixture
def render(staff_request: HttpRequest) -> Render:
    """Render a template of this folder, or a string."""

    def rendered(source: str, **context: object) -> str:
        text = (HERE / source).read_text() if source.endswith(".html") else source
        return engines["django"].from_string(text).render(context, staff_request)

    return rendered


@dataclass
class Shown:
    page: Page
    complaints: list[str]


Show = Callable[..., AbstractContextManager[Shown]]


@pytest.fixture
def show(chromium: Browser) -> Show:
    """Show a page under our policy. No server: the browser's requests are answered from the finders."""

    @contextmanager
    def shown(html: str, *, width: int = 1280, theme: str = "light", javascript: bool = True) -> Iterator[Shown]:
        def answer(route: Route) -> None:
            path = urlsplit(route.request.url).path
            if path.startswith(STATIC):
                found = finders.find(path.removeprefix(STATIC))
                assert found, f"{path} is not a static file"
                route.fulfill(body=Path(found).read_bytes(), content_type=guess_type(path)[0] or "")
            else:
                headers = {"Content-Security-Policy": POLICY}
                route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)

        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=javascript,
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**/*", answer)
        page.goto("http://house.test/orders/")
        yield Shown(page, complaints)
        context.close()

    return shown
