"""Looking after workers and scheduler from where neither is needed: in a thread of each web process.

Every quarter of a minute one of the web processes compares the heartbeats. What has been silent for too long becomes an
alert for everybody who works here; and if it is the mail that stands still, the mail about it is sent from here.
"""

import threading
import time
from datetime import timedelta

import structlog
from django.db import DatabaseError, connections

from core.accounts.models import Organization
from core.alerts.mail import alert_mails, outbox
from core.alerts.models import Alert
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock
from core.common.bell import Bell
from core.upkeep import heartbeats, installation, known_keys
from integration_manager import silence
from integration_manager.alerts import KEYS_MISSING, SILENT

log = structlog.get_logger(__name__)
EVERY = timedelta(seconds=15)
TURN = "watch"
PUT_BACK = "Whoever runs the portal puts them back, behind the newest: nothing is lost yet."


class SilenceWatch:
    """One process's. ``look`` may be called as often as one likes: the processes take turns."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._go_on, name="watch", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _go_on(self) -> None:
        while not self._stopped.wait(EVERY.total_seconds()):
            try:
                if heartbeats.take_turn(TURN, every=EVERY * 0.9):
                    self.look()
            except DatabaseError as error:
                log.warning("watch.blind", error=type(error).__name__)
            except Exception:  # noqa: BLE001  one look that fails must not be the last one
                log.exception("watch.failed")
            finally:
                connections.close_all()

    def look(self) -> list[str]:
        """Raise or close the alert about what is silent, and return it. Sends the mails if nobody else does."""
        self._look_at_keys()
        installation.why_paused()  # a copy that nobody works on says so on its pages all the same
        signs = heartbeats.signs()
        watched_for = timedelta(seconds=time.monotonic() - self._began)
        silent = silence.silent_sweeps(signs, watched_for=watched_for)
        now = clock.now()
        if not silent:
            for organization in Organization.objects.filter(pk__in=_told()):
                close_alerts(organization, SILENT, now=now)
            return []
        log.error("watch.silent", sweeps=silent)
        said = silence.explained(silent, signs)
        for organization in Organization.objects.order_by("pk"):
            raise_alert(SILENT, organization, said, now=now)
        if Bell.MAIL_DUE in silent:
            alert_mails.write_alerts(now=now)
            outbox.send_due(now=now)
        return silent

    def _look_at_keys(self) -> None:
        """Note new keys, and raise or close the alert about those that VAULT_KEYS lacks."""
        known_keys.note()
        missing, now = known_keys.missing(), clock.now()
        if not missing:
            for organization in Organization.objects.filter(pk__in=_told(KEYS_MISSING)):
                close_alerts(organization, KEYS_MISSING, now=now)
            return
        log.error("watch.keys_missing", keys=missing)
        said = f"{known_keys.described(missing)} {PUT_BACK}"
        for organization in Organization.objects.order_by("pk"):
            raise_alert(KEYS_MISSING, organization, said, now=now)


def _told(cause: str = SILENT) -> list[int]:
    return list(Alert.objects.filter(cause=cause, closed_at=None).values_list("organization", flat=True))
