"""A hand-made Amazon for one test at a time, and what an adapter is handed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx

from carts.marketplaces.amazon.adapter import Amazon
from carts.marketplaces.amazon.application import AmazonApplication
from carts.marketplaces.exchange import WireExchange
from carts.marketplaces.values import Connection

Reply = httpx.Response | Exception
Route = Reply | Callable[[httpx.Request], Reply]


class Ledger:
    def __init__(self) -> None:
        self.spent: list[str] = []
        self.learned: list[tuple[str, float]] = []
        self.drained: list[str] = []
        self.remaining: dict[str, float] = {}

    def spend(self, operation: str) -> None:
        self.spent.append(operation)

    def learn(self, operation: str, rate: float) -> None:
        self.learned.append((operation, rate))

    def drain(self, operation: str) -> None:
        self.drained.append(operation)

    def left(self, operation: str) -> float:
        return self.remaining.get(operation, 20)


class Tokens:
    def __init__(self) -> None:
        self.made = 1
        self.problem: Exception | None = None

    def access_token(self) -> str:
        if self.problem:
            raise self.problem
        return f"Atza|invented-{self.made}"

    def forget(self, token: str) -> None:
        if token == f"Atza|invented-{self.made}":
            self.made += 1


class FakeAmazon:
    """Answers by the end of the path; a list is used up reply by reply, the last one stays."""

    def __init__(self) -> None:
        self.routes: dict[str, list[Route]] = {}
        self.seen: list[httpx.Request] = []
        self.ledger, self.tokens = Ledger(), Tokens()
        self.exchanges: list[WireExchange] = []
        self.application = AmazonApplication(
            app_id="amzn1.sellerapps.app.invented",
            client_id="amzn1.application-oa2-client.invented",
            client_secret="amzn1.oa2-cs.v1.invented",
            spapi_urls={"EU": "http://127.0.0.1:9900/eu"},
            lwa_url="http://127.0.0.1:9900/auth/o2/token",
            transport=httpx.MockTransport(self._answer),
        )

    def on(self, path: str, *replies: Route) -> None:
        self.routes[path] = list(replies)

    def connect(self) -> Amazon:
        connection = Connection(region="EU", seller_id="A3INVENTED")
        return self.application.connect(
            connection, ledger=self.ledger, tokens=self.tokens, on_exchange=self.exchanges.append
        )

    def sent(self, number: int = -1) -> Any:
        return json.loads(self.seen[number].content)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        path = request.url.raw_path.decode().partition("?")[0]
        for ending, replies in self.routes.items():
            if path.endswith(ending):
                reply = replies.pop(0) if len(replies) > 1 else replies[0]
                return _played(reply(request) if callable(reply) else reply)
        return httpx.Response(404, json={"errors": [{"code": "NotFound", "message": f"Nothing at {path}"}]})


def _played(reply: Reply) -> httpx.Response:
    if isinstance(reply, Exception):
        raise reply
    return reply


def ok(body: Any, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=body, headers={"Date": format_datetime(datetime.now(UTC)), **headers})
