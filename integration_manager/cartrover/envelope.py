"""The form of every answer: JSON with ``success_code``, HTTP 200 also where something was refused.

Old clients read the message of a 200 alone, and parse only what is exactly ``application/json``.
"""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse, JsonResponse

INVALID, FAILURE, RATE_LIMIT = "Invalid", "Failure", "RateLimit"
PROCESS, REMAINING, TOTAL = "X-CartRover-Process-ID", "X-CartRover-Api-Minute-Hits-Remaining", "total-records"


class Refused(Exception):
    """Ends a call. The message is for whoever wrote the client: what is wrong, and how to mend it."""

    def __init__(self, message: str, *, code: str = INVALID, status: int = 200, **headers: str) -> None:
        super().__init__(message)
        self.code, self.http_status = code, status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call has to say: under ``response``, or beside ``success_code``; of a list, how many there are in all."""

    response: Any = None
    beside: dict[str, Any] = field(default_factory=dict)
    total: int | None = None


def well(answer: Answer) -> HttpResponse:
    document: dict[str, Any] = {"success_code": True, **answer.beside}
    if answer.response is not None:
        document["response"] = answer.response
    made = JsonResponse(document)
    if answer.total is not None:
        made[TOTAL] = str(answer.total)
    return made


def refusal(refused: Refused) -> HttpResponse:
    document = {"success_code": False, "error_code": refused.code, "message": str(refused)}
    made = JsonResponse(document, status=refused.http_status)
    for name, value in refused.headers.items():
        made[name] = value
    return made
