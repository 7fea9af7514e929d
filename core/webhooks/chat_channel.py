"""Alerts told to a chat: one message for what came together, owed like any other message to an endpoint."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import ngettext

from core.accounts.models import Organization
from core.alerts import causes
from core.alerts.audience.recipients import MailScope
from core.alerts.channels import AlertNews, Place
from core.alerts.facts import Facts
from core.alerts.models import Alert
from core.common.bell import Bell
from core.webhooks import chat_messages
from core.webhooks.chat_messages import ChatLine
from core.webhooks.models import Delivery, Endpoint, Shape

LISTED = 10  # alerts in one message; the rest is counted
ALERTS = "alerts"  # the type its deliveries have


class ChatChannel:
    """Every chat endpoint that is on, of the 3PL or of one merchant."""

    def places(self, organization_id: int, /) -> Sequence[Place]:
        chats = Endpoint.objects.in_use().filter(organization=organization_id).exclude(shape=Shape.STANDARD)
        return [
            Place(MailScope(organization_id, each.merchant_id), each.pk, each.urgent_only)
            for each in chats.order_by("pk")
        ]

    def owe(
        self,
        place: Place,
        news: AlertNews,
        organization: Organization,
        known: Mapping[int, Facts],
        /,
        *,
        now: datetime,
    ) -> None:
        endpoint = Endpoint.objects.get(pk=place.number)
        heading, lines = _said(news, organization, known)
        Delivery.objects.create(
            organization=organization,
            endpoint=endpoint,
            message_id=f"msg_{uuid.uuid4().hex}",
            type=ALERTS,
            body=chat_messages.written(endpoint, heading, lines),
            made_at=now,
            due_at=now,
        )
        Bell.WEBHOOKS_DUE.ring()


def _said(news: AlertNews, organization: Organization, known: Mapping[int, Facts]) -> tuple[str, list[ChatLine]]:
    lines = [_storm(each.count, each.cause) for each in news.began]
    for each in news.calmed:
        left = ngettext("{count} alert is still open", "{count} alerts are still open", each.still_open)
        lines.append(ChatLine(f"{causes.say(each.cause)}: {left.format(count=each.still_open)}.", _page(each.cause)))
    lines += [_line(alert, known.get(alert.pk)) for alert in news.alerts[:LISTED]]
    more = len(news.alerts) - LISTED
    if more > 0:
        told = ngettext("{count} more alert is open.", "{count} more alerts are open.", more).format(count=more)
        lines.append(ChatLine(told, _page()))
    things = len(news.alerts) + sum(each.count for each in news.began) + sum(each.still_open for each in news.calmed)
    needs = ngettext("{count} thing needs attention", "{count} things need attention", things).format(count=things)
    return f"{organization.name}: {needs}", lines


def _line(alert: Alert, about: Facts | None) -> ChatLine:
    """Say what is wrong, with which thing, and by when; the link says what is to be done."""
    due = dict(about.lines).get("Ship by") if about else None
    said = f"{causes.say(alert.cause)}. {alert.message}{f' Ship by {due}.' if due else ''}"
    return ChatLine(said, f"{settings.PUBLIC_URL}{alert.path}" if alert.path else "", alert.button)


def _storm(count: int, cause: str) -> ChatLine:
    said = ngettext("{count} alert within an hour: {heading}.", "{count} alerts within an hour: {heading}.", count)
    return ChatLine(said.format(count=count, heading=causes.say(cause)), _page(cause))


def _page(cause: str = "") -> str:
    query = f"?{urlencode({'cause': cause})}" if cause else ""
    return f"{settings.PUBLIC_URL}{reverse('alerts:alerts')}{query}"


CHANNEL = ChatChannel()
