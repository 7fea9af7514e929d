"""Who tries again what an alert of a cause is about. The apps that can do it register it when Django starts."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an app registers its retrier before any model is loaded
    from core.accounts.models import User

# The number of the alert's thing, who asked, now. False: there was nothing to try again, or it would be refused again.
Retrier = Callable[[int, "User", datetime], bool]
_retriers: dict[str, Retrier] = {}


def register(cause: str, retrier: Retrier) -> None:
    """``retrier`` takes the number of the alert's thing. It must be safe to do twice, and makes its own transaction."""
    _retriers[cause] = retrier


def has(cause: str) -> bool:
    return cause in _retriers


def retry(cause: str, subject_id: int, *, by: "User", now: datetime) -> bool:
    """Owe it again. False when there was nothing to owe, or it would only be refused again."""
    return _retriers[cause](subject_id, by, now)
