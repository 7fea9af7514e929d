"""A small warehouse system of somebody else's, played for ``make demo``: it knows the portal by HTTP and a key alone.

It keeps what it was handed in a notebook of its own, which is its account of what happened.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

AT_ONCE = 3  # orders in one claim: the demo shows that it asks until there are no more
CARRIER = {"carrier": "UPS", "scac": "UPSN", "service": "Next Day Air"}


class WmsRefused(Exception):
    """The portal answered something that this warehouse did not expect. The message has the answer."""


@dataclass(slots=True)
class PlayedWms:
    """``api`` is where the portal's API begins, ``key`` opens it; ``say`` tells whoever watches what happens."""

    api: str
    key: str
    say: Callable[[str], None]
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)  # as they were handed over, by our own number
    shelves: dict[str, int] = field(default_factory=dict)  # units, by SKU
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}", "User-Agent": "Played WMS"}
        self._http = httpx.Client(headers=headers, timeout=30, trust_env=False)

    def take_orders(self) -> None:
        """Claim orders, note each down under a number of our own, and acknowledge it, until there are no more."""
        while claimed := self._post("claims", {"most": AT_ONCE, "minutes": 15})["orders"]:
            taken = {f"W-{1001 + len(self.orders) + place}": order for place, order in enumerate(claimed)}
            self.orders |= taken
            said = [{"order": order["id"], "accepted": True, "reference": ours} for ours, order in taken.items()]
            self._all_ok("acknowledgments", {"orders": said})
            numbers = ", ".join(f"{order['number']} as {ours}" for ours, order in taken.items())
            self.say(f"The WMS claimed and acknowledged {numbers}")

    def ship(self, chosen: Iterable[str], tracking: Callable[[int], str]) -> None:
        """Pack these of our numbers, one parcel each, and report what was put into it. ``tracking`` makes a number."""
        shipments = []
        for place, ours in enumerate(chosen):
            order = self.orders[ours]
            packed = [
                {"line": line["line"], "sku": line["sku"], "units": line["units"]} for line in order["lines"]
            ]  # as ordered, else somebody has to look at it
            for line in packed:
                self.shelves[line["sku"]] = self.shelves.get(line["sku"], 0) - line["units"]
            parcel = {**CARRIER, "tracking_number": tracking(place), "lines": packed}
            shipments.append({"order": order["id"], "reference": f"{ours}/1", "packages": [parcel]})
            self.say(f"The WMS packed {ours} and reports UPS {parcel['tracking_number']}")
        self._all_ok("shipments", {"shipments": shipments})

    def count_shelves(self, seen_at: str) -> None:
        """Report what is on the shelves: units for orders that are not packed yet lie there still."""
        levels = [{"sku": sku, "on_hand": units} for sku, units in sorted(self.shelves.items())]
        self._all_ok("levels", {"merchant": self.client, "observed_at": seen_at, "levels": levels})
        self.say(f"The WMS reports {len(levels)} stock levels")

    def stock(self, units: int) -> None:
        """Fill the shelves with every item that our client offers and we are to send."""
        items = self._get("items", merchant=self.client, limit=200)["data"]
        self.shelves |= {item["sku"]: units for item in items if not item["fulfilled_by_marketplace"]}

    @property
    def client(self) -> str:
        """Whose goods these are, by the portal's number: a small warehouse with one client."""
        return str(next(iter(self.orders.values()))["merchant"])

    # -- The wire ------------------------------------------------------------------------------------------------------
    def _get(self, path: str, **query: Any) -> Any:
        return self._read(self._http.get(f"{self.api}/{path}", params=query))

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self._read(self._http.post(f"{self.api}/{path}", json=body))

    def _all_ok(self, path: str, body: dict[str, Any]) -> None:
        refused = [each for each in self._post(path, body)["results"] if not each["ok"]]
        if refused:
            raise WmsRefused(f"{path}: {refused[0]['detail']}")

    def _read(self, answer: httpx.Response) -> Any:
        if not answer.is_success:
            raise WmsRefused(f"{answer.request.url.path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()
