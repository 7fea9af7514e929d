"""Idempotency-Key: a write that is sent twice with one is done once, and answered twice with the same.

Kept is what was done, for seven days and sealed: a claimed order has its buyer's address. What failed validation is
not kept: it changed nothing, and may be sent again mended.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from core.api.models import ApiKey, KeptAnswer
from core.api.problems import Fault, Problem, at
from core.common import vault
from core.common.sealed_field import bound_to

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(days=7)
AT_WORK = timedelta(minutes=3)  # longer than any web server lets a request take; then its worker is gone
HEADERS = ("Location", "ETag")


class Replayed(Exception):
    """It was done before: this is the answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Turn:
    """Being the one who does what was sent with an Idempotency-Key."""

    pk: int
    turn: uuid.UUID

    def keep(self, answer: Response) -> None:
        """Keep what was done. Of anything else nothing stays, so that it may be sent again."""
        mine = KeptAnswer.objects.filter(pk=self.pk, turn=self.turn)
        if answer.status_code >= 400:
            mine.delete()
            return
        headers = {name: answer[name] for name in HEADERS if answer.has_header(name)}
        sealed = _vault().seal(JSONRenderer().render(answer.data), bound_to=bound_to(KeptAnswer(pk=self.pk), "sealed"))
        mine.update(answered=answer.status_code, sealed=sealed, headers=headers)

    def drop(self) -> None:
        KeptAnswer.objects.filter(pk=self.pk, turn=self.turn).delete()


def begin(key: ApiKey, request: HttpRequest, body: bytes, *, now: datetime, needed: bool = False) -> Turn | None:
    """Take the turn at a request; None where it has no Idempotency-Key and needs none.

    Raises Replayed when it was done before; Problem when somebody is at it, or the key was used for something else.
    """
    name = _name(request, needed=needed)
    if not name:
        return None
    told = f"{request.method} {request.path}?{request.META.get('QUERY_STRING', '')}\n".encode()
    digest, turn = hashlib.sha256(told + body).hexdigest(), uuid.uuid4()
    fresh = KeptAnswer(key=key, name=name, digest=digest, turn=turn, turn_until=now + AT_WORK, at=now)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return _again(key, name, digest, turn, now=now)
    return Turn(fresh.pk, turn)


def _again(key: ApiKey, name: str, digest: str, turn: uuid.UUID, *, now: datetime) -> Turn:
    kept = KeptAnswer.objects.filter(key=key, name=name).first()
    if kept is None:  # whoever was at it has just failed
        raise Problem("in_flight", headers={"Retry-After": "1"})
    if kept.at < now - KEPT:  # over, and not swept yet
        KeptAnswer.objects.filter(pk=kept.pk, turn=kept.turn).delete()
        raise Problem("in_flight", headers={"Retry-After": "1"})
    if kept.digest != digest:
        raise Problem("key_reused", faults=[Fault(at(HEADER), "Used for another request before.", "header")])
    if kept.answered is not None:
        headers = {**kept.headers, "Idempotency-Replayed": "true"}
        body = _vault().open(kept.sealed, bound_to=bound_to(kept, "sealed"))
        raise Replayed(Response(json.loads(body or b"null"), status=kept.answered, headers=headers))
    stale = KeptAnswer.objects.filter(pk=kept.pk, turn=kept.turn, answered=None, turn_until__lte=now)
    if not stale.update(turn=turn, turn_until=now + AT_WORK):
        wait = max(1, int((kept.turn_until - now).total_seconds()))
        raise Problem("in_flight", headers={"Retry-After": str(min(wait, 5))})
    return Turn(kept.pk, turn)


def _vault() -> vault.Vault:
    return vault.ring(tuple(settings.VAULT_KEYS))


def _name(request: HttpRequest, *, needed: bool) -> str:
    """Return the Idempotency-Key, the same whether it came quoted or bare."""
    given: Any = request.headers.get(HEADER)
    if given is None:
        if needed:
            raise Problem("unreadable", f"Send an {HEADER}.", faults=[Fault(at(HEADER), "Required.", "header")])
        return ""
    name = given.strip()
    if len(name) >= 2 and name[0] == name[-1] == '"':
        name = name[1:-1]
    if not name or len(name) > LONGEST or not name.isprintable():
        said = f"Give it 1 to {LONGEST} characters that can be read."
        raise Problem("unreadable", said, faults=[Fault(at(HEADER), said, "header")])
    return name
