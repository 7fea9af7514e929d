"""Names that stand for something elsewhere are checked before anything starts."""

import io
from enum import StrEnum
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from carts import tabs
from core.common.bell import Bell
from core.ui import context
from core.ui.context import Entry
from integration_manager import start_checks


@pytest.mark.django_db
def test_a_command_has_nothing_to_complain_about() -> None:
    told = io.StringIO()

    call_command("check", databases=["default"], stdout=told, stderr=told)

    assert "System check identified no issues" in told.getvalue()
    assert "W040" not in told.getvalue()


def ids() -> list[str | None]:
    return [message.id for message in run_checks()]


def test_every_name_stands_for_something() -> None:
    assert ids() == []


def test_a_bell_that_no_task_answers_fails_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Typo(StrEnum):
        IMPORT_ORDERS = Bell.IMPORT_ORDERS.value
        IMPORT_ODRERS = "orders.tasks.import_odrers"

    monkeypatch.setattr(start_checks, "Bell", Typo)

    with pytest.raises(SystemCheckError, match="orders.tasks.import_odrers") as refused:
        call_command("check")
    assert str(refused.value).count("portal.E001") == 1


def test_a_sweep_on_the_schedule_that_no_task_makes_fails_at_start(settings: Any) -> None:
    settings.CELERY_BEAT_SCHEDULE = {"moon": {"task": "moon.tasks.rise", "schedule": 5.0}}

    with pytest.raises(SystemCheckError, match=r"portal\.E002.*moon\.tasks\.rise"):
        call_command("check")


@pytest.mark.parametrize("where", ["menu", "tabs", "elsewhere", "LOGIN_REDIRECT_URL"])
def test_a_route_that_does_not_exist_fails_at_start(monkeypatch: pytest.MonkeyPatch, settings: Any, where: str) -> None:
    route = "orders:odrers"
    if where == "menu":
        monkeypatch.setattr(context, "MENU", (*context.MENU, Entry("Orders", route)))
    elif where == "tabs":
        monkeypatch.setitem(tabs.ROUTES, "Filters", route)
    elif where == "elsewhere":
        monkeypatch.setitem(context.ELSEWHERE, route, "carts")
    else:
        setattr(settings, where, route)

    with pytest.raises(SystemCheckError, match=r"portal\.E003.*orders:odrers"):
        call_command("check")


def test_a_page_that_is_at_home_nowhere_in_the_menu_fails_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(context.ELSEWHERE, "shipping:close", "odrers")

    assert ids() == ["portal.E004"]


@pytest.mark.parametrize(
    ("label", "path", "failed"),
    [
        ("Alertz", "core.alerts.raised.count_open", "portal.E005"),
        ("Alerts", "core.alerts.raised.count_opne", "portal.E006"),
        ("Alerts", "core.alerts.alarming.count_open", "portal.E006"),
    ],
)
def test_a_count_of_nothing_or_by_nobody_fails_at_start(settings: Any, label: str, path: str, failed: str) -> None:
    settings.MENU_COUNTS = {label: path}

    assert ids() == [failed]
