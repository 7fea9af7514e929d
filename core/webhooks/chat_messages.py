"""What a chat is told, in its own words: Slack's incoming webhooks, which Mattermost and Rocket.Chat take, and Teams'.

Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/. Teams: a message with an Adaptive
Card, as its *Workflows* take it. No buyer is named: the sentences are those of the emails.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.webhooks.models import Endpoint, Shape

LONGEST = 600  # characters of a line
CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A sentence, and the page it leads to. ``button``: what is done there, in a word or two."""

    text: str
    url: str = ""
    button: str = "Open"


def written(endpoint: Endpoint, heading: str, lines: Sequence[ChatLine]) -> str:
    """Return the message's body for this endpoint."""
    shaped: Mapping[str, Any] = _teams(heading, lines) if endpoint.shape == Shape.TEAMS else _slack(heading, lines)
    return json.dumps(shaped, separators=(",", ":"), ensure_ascii=False)


def of_text(endpoint: Endpoint, text: str) -> str:
    return written(endpoint, text, [])


def _slack(heading: str, lines: Sequence[ChatLine]) -> dict[str, Any]:
    told = [f"• {_escaped(line.text)}{f' <{line.url}|{_escaped(line.button)}>' if line.url else ''}" for line in lines]
    return {"text": "\n".join([f"*{_escaped(heading)}*", *told])}


def _escaped(text: str) -> str:
    """Let no name become a link or call everybody: https://docs.slack.dev/messaging/formatting-message-text/"""
    return text[:LONGEST].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(heading: str, lines: Sequence[ChatLine]) -> dict[str, Any]:
    body: list[dict[str, Any]] = [{"type": "TextBlock", "text": _plain(heading), "weight": "Bolder", "wrap": True}]
    for line in lines:
        body.append({"type": "TextBlock", "text": _plain(line.text), "wrap": True})
        if line.url:
            open_it = {"type": "Action.OpenUrl", "title": line.button, "url": line.url}
            body.append({"type": "ActionSet", "actions": [open_it]})
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    return {"type": "message", "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}]}


def _plain(text: str) -> str:
    """Let no name become a link: Teams reads Markdown."""
    return text[:LONGEST].replace("[", "(").replace("]", ")")
