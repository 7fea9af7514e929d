"""A disk that fills up is told of while there is room to tell it, and the alert closes by itself."""

import shutil
from types import SimpleNamespace

import pytest

from core.alerts import tasks as alerts_tasks
from core.alerts.models import Alert
from core.alerts.own_alerts import DISK_FULL
from tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
GIGA = 2**30


def test_a_disk_that_is_nearly_full_is_one_alert_an_organization(monkeypatch: pytest.MonkeyPatch) -> None:
    OrganizationFactory(), OrganizationFactory()
    disk = SimpleNamespace(total=100 * GIGA, free=300 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: disk)

    for _ in range(3):
        alerts_tasks.server_due()
    alerts = Alert.objects.filter(cause=DISK_FULL, closed_at=None)
    assert alerts.count() == 2
    assert "Only 300 MB are left" in alerts[0].message
    assert "Delete what is not needed" in alerts[0].message

    disk.free = 50 * GIGA
    alerts_tasks.server_due()
    assert not alerts.exists()


def test_a_small_disk_is_measured_by_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    OrganizationFactory()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=4 * GIGA, free=200 * 2**20))

    alerts_tasks.server_due()

    assert not Alert.objects.exists()
