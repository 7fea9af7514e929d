"""What can go wrong between us and a warehouse's system, whichever it is: one fault for one request, in line."""

from collections.abc import Callable

import httpx

Answer = Callable[[httpx.Request], httpx.Response]


class WireFaults:
    """Stands between an adapter and its server. ``secret`` is in every answer that goes wrong: nobody may repeat it."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.line: list[str] = []  # of the requests to come, the first first; "" is none

    def through(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        fault = self.line.pop(0) if self.line else ""
        if fault == "time-out":
            raise httpx.ReadTimeout(f"too slow, {self.secret}", request=request)
        if fault == "bad body":
            return httpx.Response(200, text=f"<html>{self.secret}</html>", request=request)
        if fault.isdecimal():
            return httpx.Response(int(fault), headers={"Retry-After": "7"}, text=self.secret, request=request)
        answered = answer(request)
        if fault == "lost":  # it did what was asked, and nobody heard
            raise httpx.ReadError(f"cut off, {self.secret}", request=request)
        return answered
