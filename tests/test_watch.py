"""What runs in the background is looked after from where neither worker nor scheduler is needed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils.module_loading import autodiscover_modules

from core.accounts.models import Membership
from core.alerts.models import Alert, Mail
from core.common.bell import Bell
from core.upkeep import heartbeats, installation
from core.upkeep.models import Heartbeat, Installation
from integration_manager import bell_schedule, house_task, silence, watch
from integration_manager.alerts import SILENT
from integration_manager.bell_schedule import ENOUGH, BellSchedule
from integration_manager.celery import app
from integration_manager.watch import SilenceWatch
from integration_manager.worker_pulse import WorkerPulse
from tests.factories import MembershipFactory
from tests.mail_sink import Sink, mail_sink

__all__ = ["mail_sink"]

pytestmark = pytest.mark.django_db(transaction=True)
SWEEP, WORKER, SCHEDULER = Heartbeat.Kind.SWEEP, Heartbeat.Kind.WORKER, Heartbeat.Kind.SCHEDULER


@pytest.fixture
def owner() -> Membership:
    return MembershipFactory()


@pytest.fixture
def watching(settings: Any, owner: Membership) -> SilenceWatch:
    """A watch that has been looking for an hour, over an installation where everything runs."""
    installation.get()
    Installation.objects.update(created_at=heartbeats.now() - timedelta(days=1))
    for sweep in settings.SWEEPS:
        heartbeats.beat(sweep, SWEEP)
    heartbeats.beat("worker portal@here", WORKER)
    heartbeats.beat("scheduler", SCHEDULER)
    made = SilenceWatch()
    made._began -= 3600
    return made


def silence_of(*kinds: str, **ago: float) -> None:
    Heartbeat.objects.filter(kind__in=kinds).update(at=heartbeats.now() - timedelta(**ago))


def open_alert() -> Alert | None:
    return Alert.objects.filter(cause=SILENT, closed_at=None).first()


# -- Noticing --------------------------------------------------------------------------------------------------------
def test_nothing_is_said_while_everything_runs(watching: SilenceWatch) -> None:
    assert watching.look() == []
    assert open_alert() is None


def test_a_sweep_is_missed_within_two_minutes(settings: Any) -> None:
    """However long its interval: looked at every quarter of a minute, written down as often."""
    settings.SWEEPS = {**settings.SWEEPS, Bell.MAIL_DUE: 60.0}

    for sweep in (sweep for sweep, seconds in settings.SWEEPS.items() if seconds <= 60):
        assert silence.patience(sweep) + watch.EVERY <= timedelta(minutes=2)


def test_a_silent_worker_is_told_and_mailed_without_it(
    watching: SilenceWatch, owner: Membership, mail_sink: Sink
) -> None:
    silence_of(SWEEP, WORKER, seconds=100)

    assert Bell.IMPORT_DUE in watching.look()

    alert = open_alert()
    assert alert is not None
    assert "no worker has been heard from" in alert.message
    assert [str(message["subject"]) for message in mail_sink.to(owner.user.email)] != []
    assert Mail.objects.get().is_done


def test_it_is_mailed_once(watching: SilenceWatch, owner: Membership, mail_sink: Sink) -> None:
    silence_of(SWEEP, WORKER, seconds=100)

    for _ in range(4):
        watching.look()

    assert len(mail_sink.to(owner.user.email)) == 1


def test_a_silent_scheduler_is_named(watching: SilenceWatch) -> None:
    silence_of(SWEEP, SCHEDULER, seconds=100)

    watching.look()

    assert "the scheduler has not been heard from" in open_alert().message  # type: ignore[union-attr]


def test_a_clock_that_is_off_is_named(watching: SilenceWatch) -> None:
    silence_of(SWEEP, seconds=100)
    Heartbeat.objects.filter(kind=WORKER).update(clock_ahead=70.4)

    watching.look()

    assert "the clock of worker portal@here is 70 seconds ahead" in open_alert().message  # type: ignore[union-attr]


def test_one_sweep_that_fails_every_time_is_named(watching: SilenceWatch) -> None:
    Heartbeat.objects.filter(name=Bell.CONFIRM_DUE).update(at=heartbeats.now() - timedelta(seconds=100))

    assert watching.look() == [Bell.CONFIRM_DUE]

    assert Bell.CONFIRM_DUE in open_alert().message  # type: ignore[union-attr]


def test_what_runs_again_closes_it(watching: SilenceWatch, settings: Any) -> None:
    silence_of(SWEEP, WORKER, seconds=100)
    watching.look()
    silence_of(SWEEP, WORKER, seconds=1)

    watching.look()

    assert open_alert() is None


def test_workers_with_their_hands_full_are_given_time(watching: SilenceWatch) -> None:
    Heartbeat.objects.filter(kind=WORKER).update(busy=True)
    silence_of(SWEEP, seconds=200)
    assert watching.look() == []

    silence_of(SWEEP, seconds=400)
    assert Bell.IMPORT_DUE in watching.look()
    assert "every worker has been at other work" in open_alert().message  # type: ignore[union-attr]


def test_after_a_night_without_anything_nobody_is_told(watching: SilenceWatch) -> None:
    """The web process that just started looks for a while before it says that others did nothing."""
    silence_of(SWEEP, WORKER, SCHEDULER, hours=10)

    assert SilenceWatch().look() == []


def test_a_worker_that_never_came_is_missed_too(watching: SilenceWatch) -> None:
    Heartbeat.objects.all().delete()

    assert Bell.MAIL_DUE in watching.look()


def test_one_process_looks_at_a_time() -> None:
    assert heartbeats.take_turn("watch", every=watch.EVERY)
    assert not heartbeats.take_turn("watch", every=watch.EVERY)

    silence_of(Heartbeat.Kind.WATCH, seconds=16)
    assert heartbeats.take_turn("watch", every=watch.EVERY)


# -- Signs of life ---------------------------------------------------------------------------------------------------
@pytest.fixture
def fresh() -> Iterator[None]:
    heartbeats._written.clear()
    yield
    heartbeats._written.clear()


def as_a_worker_does(name: str, **ids: Any) -> None:
    autodiscover_modules("tasks")
    app.tasks[name].apply(kwargs=ids, throw=True)


def test_a_sweep_says_that_it_ran(fresh: None) -> None:
    as_a_worker_does(Bell.MAIL_DUE)

    assert [sign.name for sign in heartbeats.signs()] == [Bell.MAIL_DUE]


def test_a_sweep_that_fails_does_not(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("oops")

    autodiscover_modules("tasks")
    monkeypatch.setattr(app.tasks[Bell.MAIL_DUE], "run", fail)

    with pytest.raises(RuntimeError):
        as_a_worker_does(Bell.MAIL_DUE)
    assert heartbeats.signs() == []


def test_a_sign_that_cannot_be_written_fails_no_sweep(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(house_task.heartbeats, "beat_rarely", away)

    as_a_worker_does(Bell.MAIL_DUE)


def test_a_worker_pulses_beside_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class Worker:
        hostname, concurrency = "portal@there", 2
        steps: list[Any] = []

    pulse = WorkerPulse(Worker())

    def until_once(seconds: float | None = None) -> bool:
        pulse._stopped.set()
        return True

    monkeypatch.setattr(pulse._stopped, "wait", until_once)

    pulse._beat(Worker())

    (sign,) = heartbeats.signs()
    assert (sign.name, sign.kind, sign.busy) == ("worker portal@there", WORKER, False)
    assert abs(sign.clock_ahead) < 5


# -- The scheduler ---------------------------------------------------------------------------------------------------
def test_no_sweep_expires_by_the_clock_of_another_host(settings: Any) -> None:
    """A worker whose clock is 70 seconds ahead dropped every one of them, silently."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert "expires" not in entry.get("options", {})


def test_sweeps_do_not_pile_up_where_nobody_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    schedule = BellSchedule(app=app, lazy=True)
    monkeypatch.setattr(bell_schedule.Scheduler, "apply_entry", lambda self, entry, producer=None: rung.append(entry))

    monkeypatch.setattr(bell_schedule, "waiting", lambda _: ENOUGH)
    schedule.apply_entry("sweep")
    assert rung == []

    monkeypatch.setattr(bell_schedule, "waiting", lambda _: ENOUGH - 1)
    schedule.apply_entry("sweep")
    assert rung == ["sweep"]


def test_what_waits_for_a_worker_is_counted() -> None:
    autodiscover_modules("tasks")
    before = bell_schedule.waiting(app)
    app.tasks[Bell.MAIL_DUE].apply_async()

    assert bell_schedule.waiting(app) == before + 1

    with app.connection_for_write() as broker:
        broker.SimpleQueue(app.conf.task_default_queue).clear()
    assert bell_schedule.waiting(app) == 0


def test_the_scheduler_says_that_it_lives(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell_schedule.Scheduler, "tick", lambda *_, **__: 1.0)

    BellSchedule(app=app, lazy=True).tick()

    assert [sign.kind for sign in heartbeats.signs()] == [SCHEDULER]
