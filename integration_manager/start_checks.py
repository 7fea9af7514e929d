"""What is named by a string must be there: tasks, routes, functions. A name that nothing bears fails at start.

Otherwise a typo costs a tab that is never shown, or a sweep that never runs, and nobody hears of it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import autodiscover_modules, import_string

from carts import tabs
from core.common.bell import Bell
from core.ui import context, settings_area
from integration_manager.celery import app

ROUTE_SETTINGS = ("LOGIN_URL", "LOGIN_REDIRECT_URL", "ACCOUNT_LOGOUT_REDIRECT_URL")


@register
def check_bells(**_: Any) -> list[CheckMessage]:
    """Every bell wakes somebody."""
    known = _tasks()
    return [
        Error(f"Bell.{bell.name} rings for {bell.value}, and no task has that name.", id="portal.E001")
        for bell in Bell
        if bell.value not in known
    ]


@register
def check_schedule(**_: Any) -> list[CheckMessage]:
    """Everything on the schedule exists."""
    known = _tasks()
    return [
        Error(f"CELERY_BEAT_SCHEDULE names {entry['task']}, and no task has that name.", obj=name, id="portal.E002")
        for name, entry in settings.CELERY_BEAT_SCHEDULE.items()
        if entry["task"] not in known
    ]


@register(Tags.urls)
def check_routes(**_: Any) -> list[CheckMessage]:
    """The menu, the tabs of a cart and the settings lead somewhere."""
    known = set(_routes(get_resolver().url_patterns))
    named = [
        *(("The menu", entry.route) for entry in context.MENU),
        *(("What is at home elsewhere in the menu", route) for route in context.ELSEWHERE),
        *(("Settings", route) for page in settings_area.PAGES for route in (page.route, *page.under)),
        *(("The tabs of a cart", route) for route in tabs.ROUTES.values()),
        *((name, getattr(settings, name)) for name in ROUTE_SETTINGS),
    ]
    unknown = [
        Error(f"{where} names the route {route}, which does not exist.", id="portal.E003")
        for where, route in named
        if route not in known
    ]
    homes = {entry.namespace for entry in context.MENU}
    homeless = [
        Error(f"{route} is at home under {home}, which is not in the menu.", id="portal.E004")
        for route, home in context.ELSEWHERE.items()
        if home not in homes
    ]
    return [*unknown, *homeless]


@register
def check_menu_counts(**_: Any) -> list[CheckMessage]:
    """What counts for the menu is a function, and has an entry to count for."""
    return [
        *(
            Error(f"MENU_COUNTS counts for {label}, which is not in the menu.", id="portal.E005")
            for label in settings.MENU_COUNTS
            if label not in {entry.label for entry in context.MENU}
        ),
        *(
            Error(f"MENU_COUNTS names {path}, which is not there.", id="portal.E006")
            for path in settings.MENU_COUNTS.values()
            if not _is_there(path)
        ),
    ]


def _tasks() -> set[str]:
    """Every task of the installed apps. Celery's own way of finding them runs these checks first."""
    autodiscover_modules("tasks")
    return set(app.tasks)


def _routes(patterns: Iterable[URLPattern | URLResolver], within: str = "") -> Iterator[str]:
    """Every route's name as ``reverse`` takes it."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{within}{pattern.namespace}:" if pattern.namespace else within
            yield from _routes(pattern.url_patterns, namespace)
        elif pattern.name:
            yield f"{within}{pattern.name}"


def _is_there(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False
