"""The simulator in this process, and behind a real socket."""

import threading
from collections.abc import Iterator

import pytest
import waitress
from waitress import wasyncore

from simulator.amazon import Exchange, Simulator
from tests.simulator.amazon.published_models import PublishedModels, models_folder
from tests.simulator.amazon.seats import Clock, Seat, seat


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> Simulator:
    return Simulator(clock=clock, quota=False, orders=3, sleep=lambda seconds: None)


@pytest.fixture
def blue_mug(sim: Simulator) -> Seat:
    return seat(sim)


@pytest.fixture(scope="session")
def published() -> PublishedModels:
    if models_folder() is None:
        pytest.skip("Amazon's published models are not on this machine")
    return PublishedModels()


@pytest.fixture
def served() -> Iterator[Simulator]:
    """A simulator on loopback, on the real clock."""
    simulator = Simulator(quota=False, orders=3)
    server = waitress.create_server(simulator, host="127.0.0.1", port=0, threads=4)
    simulator.base_url = f"http://127.0.0.1:{server.effective_port}"
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield simulator
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))  # in its own thread
    thread.join(5)
    server.task_dispatcher.shutdown()


@pytest.fixture
def exchanges(sim: Simulator) -> list[Exchange]:
    seen: list[Exchange] = []
    sim.exchanges = seen.append
    return seen
