"""The world as one JSON file, so that connections survive a restart."""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.amazon.world.state import AccessToken, Code, Document, Grant, Hop, Job, Listing, Order, Seller, World

FORMAT = 1
_BY_KEY: dict[str, tuple[type, str]] = {
    "sellers": (Seller, "id"),
    "grants": (Grant, "refresh_token"),
    "documents": (Document, "id"),
    "feeds": (Job, "id"),
    "reports": (Job, "id"),
}
_UNDER_KEY: dict[str, type] = {"access": AccessToken, "codes": Code, "hops": Hop}


def dumped(world: World) -> str:
    """The whole world as text."""
    document: dict[str, Any] = {"format": FORMAT, "seed": world.seed, "counters": dict(world.counters)}
    for name in _BY_KEY:
        document[name] = [asdict(row) for row in getattr(world, name).values()]
    for name in _UNDER_KEY:
        document[name] = {key: asdict(row) for key, row in getattr(world, name).items()}
    document["listings"] = [
        asdict(listing)
        for shelves in world.listings.values()
        for shelf in shelves.values()
        for listing in shelf.values()
    ]
    document["orders"] = [[order.seller_id, order.document] for order in world.orders.values()]
    document["journal"] = {"effects": world.journal.effects, "calls": list(world.journal.calls)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def loaded(text: str) -> World:
    """The world that ``dumped`` wrote."""
    document = json.loads(text)
    if document.get("format") != FORMAT:
        raise ValueError("This file was written by another version of the simulator; delete it to start anew.")
    world = World(document["seed"])
    world.counters.update(document["counters"])
    for name, (kind, key) in _BY_KEY.items():
        getattr(world, name).update({row[key]: kind(**row) for row in document[name]})
    for name, kind in _UNDER_KEY.items():
        getattr(world, name).update({key: kind(**row) for key, row in document[name].items()})
    for row in document["listings"]:
        world.add_listing(Listing(**row))
    for seller_id, order in document["orders"]:
        world.add_order(Order(seller_id, order))
    world.journal.effects = document["journal"]["effects"]
    world.journal.calls.extend(document["journal"]["calls"])
    return world


def write(path: Path, text: str) -> None:
    """Write whole or not at all; only the owner may read it, there are tokens inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


class Keeper:
    """Saves every couple of seconds when something changed, and once more at the end."""

    def __init__(self, save: Callable[[], None], changes: Callable[[], int], every: float = 2.0) -> None:
        self._save, self._changes, self._every = save, changes, every
        self._saved = -1
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulator-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Save what is left and end."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self._keep()
        self._keep()

    def _keep(self) -> None:
        changes = self._changes()
        if changes != self._saved:
            self._save()
            self._saved = changes
