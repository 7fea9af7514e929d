"""Faults to order: the next calls of an operation go wrong in a chosen way."""

from dataclasses import dataclass

from simulator.amazon.http.wire import Answer, Refusal, json_answer

HTML = b"<html><head><title>503 Service Temporarily Unavailable</title></head><body>Try again later</body></html>"

KINDS: dict[str, str] = {
    "429": "too many requests: QuotaExceeded",
    "400": "InvalidInput",
    "401": "a 401 answer",
    "403": "access denied",
    "404": "not found",
    "500": "InternalFailure",
    "500_empty": "500 with an empty body",
    "503": "ServiceUnavailable",
    "503_html": "503 with an HTML page",
    "html_200": "200 with an HTML page",
    "empty": "200 with an empty JSON object",
    "timeout": "silence for a long time, then 504; nothing is done",
    "lost_answer": "the call is done, its answer never arrives: silence, then 504",
    "truncated": "the call is done, half of its answer arrives",
    "dropped": "the call is done, the connection ends in the middle of the answer",
    "slow": "the call is done, late",
    "duplicate_page": "the answer before is sent again",
    "reversed": "searchOrders: the page comes in the wrong order",
    "silent": "success is answered, nothing is done (confirmShipment, patchListingsItem, feeds)",
    "token_expired": "the access token is forgotten: 403 until another is fetched",
    "feed_fatal": "createFeed: the feed ends FATAL",
    "feed_cancelled": "createFeed: the feed ends CANCELLED",
    "feed_stuck": "createFeed: the feed stays IN_PROGRESS",
    "feed_short": "createFeed: half of the feed's messages are never looked at, and its report tells of the others",
    "feed_vague": "createFeed: the feed's first message is refused, and its report counts it without naming it",
    "feed_odd": "createFeed: the feed's report names what it refused twice, and a message that was not in it",
    "invalid_grant": "operation token: the refresh token is refused once",
    "invalid_client": "operation token: the client secret is refused once",
}

_ERRORS: dict[str, tuple[int, str, str]] = {
    "429": (429, "QuotaExceeded", "You exceeded your quota for the requested resource."),
    "400": (400, "InvalidInput", "One or more request parameters are invalid."),
    "401": (401, "Unauthorized", "The request's credentials are missing or invalid."),
    "403": (403, "Unauthorized", "Access to requested resource is denied."),
    "404": (404, "NotFound", "The requested resource was not found."),
    "500": (500, "InternalFailure", "We encountered an internal error. Please try again."),
    "503": (503, "ServiceUnavailable", "Service is temporarily unavailable. Please try again."),
    "timeout": (504, "GatewayTimeout", "The request timed out."),
    "lost_answer": (504, "GatewayTimeout", "The request timed out."),
}
_WAITS = {"timeout": 35.0, "lost_answer": 35.0, "slow": 2.0}
_INSTEAD = {*_ERRORS, "500_empty", "503_html", "html_200", "empty", "invalid_grant", "invalid_client"} - {"lost_answer"}


@dataclass(slots=True)
class Fault:
    """One fault: the first ``after`` calls pass, the next ``times`` fail."""

    operation: str
    kind: str
    times: int = 1
    after: int = 0
    seconds: float | None = None
    seller_id: str = ""

    @property
    def wait(self) -> float:
        """How long the caller waits."""
        return _WAITS.get(self.kind, 0.0) if self.seconds is None else self.seconds

    @property
    def replaces(self) -> bool:
        """Is the call not done at all?"""
        return self.kind in _INSTEAD


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set a fault. An unknown kind is a mistake of whoever sets it."""
        if fault.kind not in KINDS:
            raise ValueError(f"Unknown kind of fault: {fault.kind}. Known: {', '.join(KINDS)}")
        self.waiting.append(fault)

    def take(self, operation: str, seller_id: str) -> Fault | None:
        """The fault that hits this call, if any."""
        for fault in self.waiting:
            if fault.operation not in {"*", operation} or fault.seller_id not in {"", seller_id}:
                continue
            if fault.kind.startswith("feed_") and operation != "createFeed":
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None


def instead(fault: Fault) -> Answer:
    """The answer of a call that is not done, or whose answer is lost."""
    if fault.kind in _ERRORS:
        return Refusal(*_ERRORS[fault.kind]).answer()
    if fault.kind == "500_empty":
        return Answer(500)
    if fault.kind in {"503_html", "html_200"}:
        return Answer(503 if fault.kind == "503_html" else 200, HTML, "text/html")
    if fault.kind == "empty":
        return Answer(200, b"{}")
    status = 401 if fault.kind == "invalid_client" else 400
    return json_answer({"error": fault.kind, "error_description": "Refused on request."}, status)


def spoil(fault: Fault, answer: Answer) -> Answer:
    """The answer of a call that was done, spoiled on its way."""
    if fault.kind == "lost_answer":
        return instead(fault)
    if fault.kind == "truncated":
        answer.body = answer.body[: len(answer.body) // 2]
    if fault.kind == "dropped":
        answer.headers = [*answer.headers, ("Content-Length", str(len(answer.body) + 100))]
    return answer
