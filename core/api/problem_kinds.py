"""What may be wrong with a request, each kind with its code, its title, and how to mend it (RFC 9457)."""

from dataclasses import dataclass

from django.conf import settings

PAGE = "/api/v1/problems"  # it stands in answers that clients keep: never change it


@dataclass(frozen=True, slots=True)
class ProblemKind:
    code: str
    status: int
    title: str
    mend: str

    @property
    def doc_url(self) -> str:
        return f"{settings.PUBLIC_URL}{PAGE}#{self.code}"


KINDS = (
    ProblemKind(
        "unreadable",
        400,
        "The request could not be read",
        "Send JSON in UTF-8: one object, no name twice, no NaN, no NUL, nested no deeper than 20.",
    ),
    ProblemKind(
        "not_authenticated",
        401,
        "There is no such key",
        "Send “Authorization: Bearer im_….…” with the whole key, as it was shown when it was made.",
    ),
    ProblemKind("key_ended", 401, "The key has ended", "Make a new key under Settings, API keys."),
    ProblemKind(
        "wrong_scope",
        403,
        "The key may not do this",
        "Use a key that has the scope which the answer names. The scopes of a key are on its page.",
    ),
    ProblemKind(
        "wrong_address",
        403,
        "The key may not be used from here",
        "Ask from one of the addresses on the key's page, or add this one there.",
    ),
    ProblemKind("forbidden", 403, "This is not allowed", "The answer says why."),
    ProblemKind(
        "not_found",
        404,
        "There is nothing here",
        "Check the address and the ID. What another organization or merchant owns is not there for this key.",
    ),
    ProblemKind("method_not_allowed", 405, "This address does not take that method", "Use one that “Allow” names."),
    ProblemKind(
        "conflict",
        409,
        "It is not in a state in which this can be done",
        "The answer says what it is now. Read it again and decide.",
    ),
    ProblemKind(
        "in_flight",
        409,
        "The same request is still being worked on",
        "Wait as long as “Retry-After” says, and send it again with the same Idempotency-Key.",
    ),
    ProblemKind("length_required", 411, "The request does not say how long it is", "Send “Content-Length”."),
    ProblemKind(
        "changed_meanwhile",
        412,
        "It was changed meanwhile",
        "Read it again, and send its “ETag” as “If-Match”.",
    ),
    ProblemKind("too_large", 413, "The request is too large", "Send less at once: several requests."),
    ProblemKind(
        "wrong_media_type",
        415,
        "This is not JSON in UTF-8",
        "Send “Content-Type: application/json”, not compressed.",
    ),
    ProblemKind(
        "invalid",
        422,
        "Some values can't be taken",
        "Each of “errors” points to a value and says what it must be.",
    ),
    ProblemKind(
        "key_reused",
        422,
        "This Idempotency-Key was used for another request",
        "Use a new one for each request that differs. Repeat a request only as it was.",
    ),
    ProblemKind(
        "state_required", 428, "The request doesn't say which state it changes", "Send “If-Match” with the “ETag”."
    ),
    ProblemKind(
        "too_many_requests", 429, "The key asks too often", "Wait as long as “Retry-After” says. Ask for more at once."
    ),
    ProblemKind(
        "failed", 500, "We made a mistake", "Try again. If it stays, tell us the “X-Request-Id” of the answer."
    ),
    ProblemKind("not_implemented", 501, "There is no such method", "Use one that HTTP knows."),
    ProblemKind("unavailable", 503, "It can't be done right now", "Try again as “Retry-After” says."),
)
BY_CODE = {kind.code: kind for kind in KINDS}
# What an answer of Django's own becomes.
BY_STATUS = {
    kind.status: kind
    for kind in reversed(KINDS)
    if kind.code not in {"key_ended", "wrong_scope", "wrong_address", "in_flight", "key_reused"}
}
