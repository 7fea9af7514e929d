"""The doors for workers, and that somebody knocks at them."""

from typing import Any

import pytest
from django.conf import settings

from carts import tasks
from carts.alerts import CHECKS_FAILED
from carts.models import Cart
from core.alerts.models import Alert
from core.common.bell import Bell
from integration_manager.celery import app
from tests.world import SELLER, US, World


def test_the_sweeps_are_on_the_schedule_and_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {"carts.tasks.check_due", "carts.tasks.remind_due"} <= named
    assert named == {bell.value for bell in Bell if bell.name.endswith("_DUE")}
    assert named <= app.tasks.keys()


def test_a_sweep_rings_once_for_a_cart_and_the_worker_looks_at_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bells: list[dict[str, Any]] = []
    monkeypatch.setattr(Bell, "ring", lambda bell, **ids: bells.append(ids))
    world.simulator.suspend(SELLER, US)

    tasks.check_due()
    tasks.check_due()
    for ids in bells:
        tasks.check(**ids)

    assert bells == [{"cart_id": world.cart.pk}]
    assert Alert.objects.filter(cause=CHECKS_FAILED, closed_at=None).count() == 1


def test_a_bell_that_comes_too_late_does_nothing(world: World) -> None:
    Cart.objects.update(state=Cart.State.PAUSED)

    tasks.check(cart_id=world.cart.pk)

    assert world.simulator.journal("call") == []
