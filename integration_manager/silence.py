"""What should run in the background and does not: read off the heartbeats, said with its cause and its remedy."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from core.common import clock
from core.common.bell import Bell
from core.upkeep import installation
from core.upkeep.heartbeats import Sign
from core.upkeep.models import Heartbeat

HEARD = timedelta(seconds=75)  # a process that said nothing for longer is away: it speaks every 15 seconds
MINUTE = timedelta(minutes=1)
GRACE = timedelta(seconds=35)  # for a sweep, beyond its interval
FULL_HANDS = timedelta(minutes=6)  # workers may be at long work for a while; longer than a task may take is too long
CLOCK_OFF = 30.0  # seconds


def patience(name: str) -> timedelta:
    """How long a sweep may be away before something is wrong. Nobody waits for what is made hourly."""
    every = timedelta(seconds=settings.SWEEPS[Bell(name)])
    return max(HEARD, every + (GRACE if every <= MINUTE else every / 2))


def silent_sweeps(signs: Sequence[Sign], *, watched_for: timedelta | None = None) -> list[str]:
    """Return the sweeps that have not run when they should have, by name.

    ``watched_for`` is how long somebody has been looking: what stood still before, because everything did, is not held
    against anybody.
    """
    ages = {sign.name: sign.age for sign in signs if sign.kind == Heartbeat.Kind.SWEEP}
    workers = living(signs, Heartbeat.Kind.WORKER)
    more = FULL_HANDS if workers and all(worker.busy for worker in workers) else timedelta(0)
    never = clock.now() - installation.get().created_at
    looked = watched_for if watched_for is not None else timedelta.max
    return sorted(
        str(name) for name in settings.SWEEPS if min(ages.get(name, never), looked) > max(patience(name), more)
    )


def living(signs: Sequence[Sign], kind: str) -> list[Sign]:
    return [sign for sign in signs if sign.kind == kind and sign.age <= HEARD]


def clocks_off(signs: Sequence[Sign]) -> list[Sign]:
    """Return the processes whose clock is far from the database's."""
    return [sign for sign in signs if abs(sign.clock_ahead) > CLOCK_OFF and sign.age <= HEARD]


def explained(silent: Sequence[str], signs: Sequence[Sign]) -> str:
    """Say why these sweeps don't run, as far as the other signs tell, and what to do."""
    workers = living(signs, Heartbeat.Kind.WORKER)
    if not workers:
        why = "no worker has been heard from. Start it again: docker compose up -d worker, or the portal's process"
    elif not living(signs, Heartbeat.Kind.SCHEDULER):
        why = "the scheduler has not been heard from. Start it: docker compose up -d beat, or the portal's process"
    elif off := clocks_off(signs):
        why = "; ".join(clock_said(sign) for sign in off) + ". Set the clocks by a time server, and restart"
    elif all(worker.busy for worker in workers):
        why = "every worker has been at other work for minutes. Start more: set WORKER_CONCURRENCY higher"
    else:
        why = f"these have not run: {', '.join(silent)}. Restart worker and beat, and read their logs"
    return f"Orders may not come in, and tracking, stock and mail may not go out: {why}. manage.py doctor says more."


def clock_said(sign: Sign) -> str:
    way = "ahead of" if sign.clock_ahead > 0 else "behind"
    return f"the clock of {sign.name} is {abs(sign.clock_ahead):.0f} seconds {way} the database's"
