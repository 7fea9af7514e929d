"""What every part of the bench measures of itself: time, HTTP calls, SQL statements, memory."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over the orders of a seller."""

    name: str
    orders: int
    seconds: float
    cpu_seconds: float  # of this process alone: says more than the clock on a busy machine
    calls: int  # HTTP requests, those for tokens too
    peak_mb: float  # the most memory this process ever had
    statements: tuple[int, ...] = ()  # SQL statements of each page that another page followed

    @property
    def per_s(self) -> float:
        return self.orders / self.seconds

    @property
    def calls_per_order(self) -> float:
        return self.calls / self.orders


class Stopwatch:
    """Started when made."""

    def __init__(self) -> None:
        self._began, self._worked = time.perf_counter(), time.process_time()

    def stop(self, name: str, *, orders: int, calls: int, statements: Sequence[int] = ()) -> Pass:
        return Pass(
            name=name,
            orders=orders,
            seconds=time.perf_counter() - self._began,
            cpu_seconds=time.process_time() - self._worked,
            calls=calls,
            peak_mb=peak_mb(),
            statements=tuple(statements),
        )


class Watch(httpx.BaseTransport):
    """Carries requests and counts them; counts SQL statements as a Django ``execute_wrapper``.

    BEGIN, COMMIT and COPY do not pass by a wrapper and are not counted.
    """

    def __init__(self, wire: httpx.BaseTransport | None = None) -> None:
        self._wire = wire or httpx.HTTPTransport(trust_env=False)
        self._pages: list[int] = []  # statements made before each page was asked for
        self.calls = 0
        self.statements = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if "/orders/" in request.url.path:
            self._pages.append(self.statements)
        return self._wire.handle_request(request)

    def count(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.statements += 1
        return execute(*statement)

    def take_pages(self) -> list[int]:
        """Return the statements of each page but the last since this was last asked, and forget them."""
        counts = [after - before for before, after in pairwise(self._pages)]
        self._pages.clear()
        return counts


def peak_mb(pid: int | None = None) -> float:
    """Return the most memory this process had at once, or on Linux another one, in megabytes.

    Linux's VmHWM, because there ``ru_maxrss`` begins with the size of the process that started this one.
    """
    status = Path(f"/proc/{pid or 'self'}/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) * 1024 / MEGABYTE
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024) / MEGABYTE
