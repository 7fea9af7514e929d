"""The simulated Amazon from outside: buyers order and cancel, things break there, and its journal is read."""

from typing import Any

import httpx


class SimulatedAmazon:
    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def sellers(self) -> list[dict[str, Any]]:
        return list(self._get("/_control/sellers")["sellers"])

    def consent(self, seller_id: str) -> str:
        """Return the refresh token of a seller who authorizes us."""
        return str(self._post("/_control/grants", seller_id=seller_id)["refresh_token"])

    def place_order(self, seller_id: str, **wish: Any) -> str:
        return str(self._post("/_control/orders", seller_id=seller_id, **wish)["order_id"])

    def fail(self, **fault: Any) -> None:
        self._post("/_control/faults", **fault)

    def heal(self) -> None:
        self._post("/_control/faults/clear")

    def journal(self, kind: str) -> list[dict[str, Any]]:
        entries = self._get(f"/_journal?kind={kind}")
        return list(entries["entries"] if isinstance(entries, dict) else entries)

    def order(self, number: str) -> dict[str, Any]:
        return dict(self._get(f"/_control/orders/{number}"))

    def _get(self, path: str) -> Any:
        answer = self._http.get(path)
        answer.raise_for_status()
        return answer.json()

    def _post(self, path: str, **asked: Any) -> Any:
        answer = self._http.post(path, json=asked)
        answer.raise_for_status()
        return answer.json()
