"""Other ways than mail by which alerts are told: the apps above register theirs when Django starts.

What is told, and when, is decided as for mail: at once, together what came together, a storm once. A channel owes its
own messages in the transaction that claims the alerts, so none is lost and none is owed twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # an app registers its channel before any model is loaded
    from core.accounts.models import Organization
    from core.alerts.audience.recipients import MailScope
    from core.alerts.facts import Facts
    from core.alerts.mail.storms import StormCount
    from core.alerts.models import Alert


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel tells of a scope, by a number that the channel knows. ``is_urgent_only``: nothing less."""

    scope: "MailScope"
    number: int
    is_urgent_only: bool = False


@dataclass(slots=True)
class AlertNews:
    """What is told now, those that are due first on top."""

    alerts: "list[Alert]" = field(default_factory=list)
    began: "list[StormCount]" = field(default_factory=list)
    calmed: "list[StormCount]" = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.alerts or self.began or self.calmed)


class Channel(Protocol):
    def places(self, organization_id: int, /) -> Sequence[Place]: ...

    def owe(
        self,
        place: Place,
        news: AlertNews,
        organization: "Organization",
        known: "Mapping[int, Facts]",
        /,
        *,
        now: datetime,
    ) -> None:
        """Owe a message. ``known`` holds the facts of each alert, by its number."""


_channels: list[Channel] = []


def register(channel: Channel) -> None:
    """Saying the same again changes nothing."""
    if channel not in _channels:
        _channels.append(channel)


def places(organization_id: int) -> list[tuple[Channel, Place]]:
    return [(channel, place) for channel in _channels for place in channel.places(organization_id)]
