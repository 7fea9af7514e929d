"""What happened, for whoever checks: every call, and every effect a call or a person had."""

from collections import deque
from typing import Any

CALLS_KEPT = 50_000


class Journal:
    """Effects are kept for good; of the calls the newest are kept, so that a long bench does not fill the memory."""

    def __init__(self) -> None:
        self.effects: list[dict[str, Any]] = []
        self.calls: deque[dict[str, Any]] = deque(maxlen=CALLS_KEPT)

    def effect(self, kind: str, time: str, **facts: Any) -> None:
        """Something changed: ``confirmation``, ``stock``, ``order``, ``cancellation``, ``grant``, ``revocation``…"""
        self.effects.append({"kind": kind, "time": time, **facts})

    def call(self, time: str, seller_id: str, operation: str, status: int, **facts: Any) -> None:
        """Somebody called."""
        self.calls.append(
            {"kind": "call", "time": time, "seller_id": seller_id, "operation": operation, "status": status, **facts}
        )

    def entries(self, kind: str = "", seller_id: str = "") -> list[dict[str, Any]]:
        """Entries of one kind, or all in the order of time."""
        if kind == "call":
            chosen = list(self.calls)
        elif kind:
            chosen = [entry for entry in self.effects if entry["kind"] == kind]
        else:
            chosen = sorted([*self.effects, *self.calls], key=lambda entry: entry["time"])
        return [entry for entry in chosen if not seller_id or entry.get("seller_id") == seller_id]
