"""Another setup link, asked for in the browser by whoever says to have an address; looked at by a worker.

Whoever asks waits for the same work, and just as long, whether or not a link ever went to the address: it is written
down, and nothing is looked up.
"""

from datetime import datetime

from django.db import transaction

from carts.models import LinkRequest
from carts.setup_links import sent_links
from core.common import jobs
from core.common.bell import Bell
from core.common.jobs import Job

PAGE = 100


def ask(email: str, *, now: datetime) -> None:
    """Somebody asks for another link for this address."""
    with transaction.atomic():
        LinkRequest.objects.create(email=email.strip().lower(), asked_at=now, due_at=now)
        Bell.LINK_DUE.ring()


def answer_due(*, now: datetime) -> int:
    """Answer what was asked for: by mail, or by an alert for the staff. Returns how many requests were answered."""
    return jobs.run_due(LinkRequest.objects.due(now).order_by("due_at")[:PAGE], LinkJob(), now=now).done


class LinkJob(Job[LinkRequest, None]):
    def do(self, request: LinkRequest, /, *, now: datetime) -> None:
        sent_links.ask(request.email, now=now)

    def done(self, request: LinkRequest, result: None, /, *, now: datetime) -> None:
        request.delete()

    def stuck(self, request: LinkRequest, reason: str, /, *, now: datetime) -> None:
        """Nobody can be told: the address is all that is known."""
