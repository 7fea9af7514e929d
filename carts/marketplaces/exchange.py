"""What an adapter, of a marketplace or of a warehouse system, tells of each request it made.

Who listens keeps it for people to look at.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WireExchange:
    """One request and its answer, fit to be kept and shown: no tokens, no personal data, a few kilobytes at most."""

    operation: str
    method: str
    path: str  # without the query
    status: int | None  # None when no answer came
    milliseconds: int
    request_id: str  # the server's own name of the exchange, for its support
    request: str
    answer: str
    sent: int | None = None  # bytes of its body
    received: int | None = None  # bytes, as they came over the wire
    order_number: str = ""  # of the order it is about, if it is about one alone
