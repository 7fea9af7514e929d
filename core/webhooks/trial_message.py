"""A message that says nothing: whoever sets an endpoint up sees that it arrives, and that its signature is right."""

import uuid
from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.webhooks import chat_messages, messages
from core.webhooks.models import Delivery, Endpoint
from core.webhooks.webhook_types import TEST

SAID = "This is a test. Nothing happened."


def send(endpoint: Endpoint, *, by: User, now: datetime) -> Delivery:
    """Owe a test message."""
    with transaction.atomic(durable=True):
        made: Delivery = Delivery.objects.create(
            organization_id=endpoint.organization_id,
            endpoint=endpoint,
            message_id=f"msg_{uuid.uuid4().hex}",
            type=TEST,
            body=_body(endpoint, now),
            made_at=now,
            due_at=now,
        )
        record("webhook.tested", endpoint, now=now, actor=by, endpoint=endpoint.pk)
    return made


def _body(endpoint: Endpoint, now: datetime) -> str:
    if endpoint.is_chat:
        return chat_messages.of_text(endpoint, SAID)
    return messages.written(TEST, now, {"message": SAID})
