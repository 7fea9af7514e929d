"""Checks of what runs: scheduler, workers and sweeps by their heartbeats, and what lies undone."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.utils.translation import ngettext

from core.accounts.access import Role
from core.accounts.models import Membership
from core.accounts.second_factor import FACTORS
from core.alerts.models import Alert
from core.common import clock
from core.upkeep import heartbeats
from core.upkeep.models import Heartbeat
from integration_manager import silence
from integration_manager.doctor import owed_work
from integration_manager.doctor.registry import MIGRATIONS, Finding, check, error, fine, skipped, warning

LATE, TOO_LATE = timedelta(minutes=30), timedelta(hours=6)


@check("scheduler", after=MIGRATIONS)
def look_at_scheduler() -> Finding:
    if not silence.living(heartbeats.signs(), Heartbeat.Kind.SCHEDULER):
        return error(
            "The scheduler has not been heard from for more than a minute: nothing starts by itself.",
            "Start it: docker compose up -d beat, or the portal's process; then read its log.",
        )
    return fine("The scheduler is at work.")


@check("workers", after=MIGRATIONS)
def look_at_workers() -> Finding:
    workers = silence.living(heartbeats.signs(), Heartbeat.Kind.WORKER)
    if not workers:
        return error(
            "No worker has been heard from for more than a minute: nothing comes in and nothing goes out.",
            "Start one: docker compose up -d worker, or the portal's process; then read its log.",
        )
    if all(worker.busy for worker in workers):
        return warning("Every worker has its hands full.", "If it stays so, raise WORKER_CONCURRENCY.")
    count = len(workers)
    return fine(ngettext("{count} worker is at work.", "{count} workers are at work.", count).format(count=count))


@check("sweeps", after=MIGRATIONS)
def look_at_sweeps() -> Finding:
    signs = heartbeats.signs()
    silent = silence.silent_sweeps(signs)
    if silent:
        return error(f"These have not run when they should: {', '.join(silent)}.", silence.explained(silent, signs))
    return fine("Every sweep ran when it should.")


@check("process-clocks", after=MIGRATIONS)
def look_at_process_clocks() -> Finding:
    off = silence.clocks_off(heartbeats.signs())
    if off:
        said = "; ".join(silence.clock_said(sign) for sign in off)
        return error(f"{said[0].upper()}{said[1:]}.", "Set the clock of each host by a time server, and restart.")
    return fine("The clocks of all processes agree with the database's.")


@check("oldest-errand", after=MIGRATIONS)
def look_at_the_oldest_errand() -> Finding:
    now = clock.now()
    late = [kind for kind in owed_work.kinds(now=now) if kind.oldest and now - kind.oldest > LATE]
    if not late:
        return fine("Nothing owed has been waiting for long.")
    said = "; ".join(
        f"{kind.due} {kind.name} are due, the oldest since {kind.oldest:%Y-%m-%d %H:%M} UTC" for kind in late
    )
    remedy = "See whether workers run and whether the portal is paused; the Alerts page says what holds up the rest."
    oldest = max(now - kind.oldest for kind in late if kind.oldest)
    return error(f"{said}.", remedy) if oldest > TOO_LATE else warning(f"{said}.", remedy)


@check("stuck-errands", after=MIGRATIONS)
def look_at_stuck_errands() -> Finding:
    stuck = [kind for kind in owed_work.kinds(now=clock.now()) if kind.stuck]
    if stuck:
        said = ", ".join(f"{kind.stuck} {kind.name}" for kind in stuck)
        return warning(f"A person has to decide about {said}.", "Open the Alerts page: each has a reason and a button.")
    return fine("Nothing waits for a person's decision.")


@check("alerts", after=MIGRATIONS)
def look_at_alerts() -> Finding:
    count = Alert.objects.filter(closed_at=None).count()
    if count:
        said = ngettext("{count} alert is open.", "{count} alerts are open.", count).format(count=count)
        return warning(said, "Open the Alerts page: each says what to do.")
    return fine("No alert is open.")


@check("owner", after=MIGRATIONS)
def look_at_owners() -> Finding:
    owners = Membership.objects.filter(role=Role.OWNER, user__is_active=True)
    if not owners.exists():
        return error("Nobody owns an organization here.", "Run manage.py organization_create --name … --email ….")
    secured = Authenticator.objects.filter(type__in=FACTORS).values("user")
    bare = owners.exclude(user__in=secured).values("organization").distinct()
    without = bare.exclude(organization__in=owners.filter(user__in=secured).values("organization")).count()
    if without:
        return warning(
            ngettext(
                "{count} organization has no owner with a second factor.",
                "{count} organizations have no owner with a second factor.",
                without,
            ).format(count=without),
            "Let an owner log in and set one up under their name → Two-factor login.",
        )
    return fine("Every organization has an owner with a second factor.")


@check("watch", after=MIGRATIONS)
def look_at_the_watch() -> Finding:
    watches = [sign for sign in heartbeats.signs() if sign.kind == Heartbeat.Kind.WATCH]
    if not watches:
        return skipped("No web process has run within a day.")
    if not silence.living(watches, Heartbeat.Kind.WATCH):
        return error(
            "No web process looks after workers and scheduler: their end would be noticed by nobody.",
            "Start the web server as docker-compose.yml does, with integration_manager.web_worker.WebWorker.",
        )
    return fine("A web process looks after workers and scheduler.")
