"""Buttons that spend a marketplace's quota rest after they are pressed.

A seller's quota is small and comes back slowly; what is pressed again and again brings nothing new and leaves nothing
for the work. When one was pressed last stands in the database, so it rests whichever process answers.
"""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import ngettext

from carts.models import Press

REST = timedelta(minutes=1)


def press(
    button: str, about: models.Model, *, now: datetime, rest: timedelta = REST, most: int = 1
) -> timedelta | None:
    """Note that a button was pressed for this row. Of two at once one is noted.

    Returns None, or how long ago it was pressed where that was ``most`` times within ``rest``: then it does nothing.
    """
    key = _key(button, about)
    if Press.objects.filter(key=key, at__lte=now - rest).update(at=now, times=1):
        return None
    if Press.objects.filter(key=key, times__lt=most).update(times=models.F("times") + 1):
        return None
    pressed, is_first = Press.objects.get_or_create(key=key, defaults={"at": now})
    return None if is_first else max(now - pressed.at, timedelta(0))


def pressed_at(button: str, about: models.Model) -> datetime | None:
    """Return when it was pressed for this row last, None when it never was or that is long ago."""
    found: datetime | None = Press.objects.filter(key=_key(button, about)).values_list("at", flat=True).first()
    return found


def _key(button: str, about: models.Model) -> str:
    return f"{button} {about._meta.label_lower} {about.pk}"


def is_resting(since: datetime | None, *, now: datetime, rest: timedelta = REST) -> bool:
    """Whether what a button does was done so lately that it would bring nothing new."""
    return since is not None and now - since < rest


def ago(past: timedelta) -> str:
    """Return "12 seconds ago"."""
    seconds = int(past.total_seconds())
    if seconds < 1:
        return "just now"
    return ngettext("{count} second ago", "{count} seconds ago", seconds).format(count=seconds)


def wait(past: timedelta, *, rest: timedelta = REST) -> str:
    """Return when it may be pressed again: "in 48 seconds"."""
    seconds = max(1, round((rest - past).total_seconds()))
    return ngettext("in {count} second", "in {count} seconds", seconds).format(count=seconds)
