"""The WSGI application."""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from simulator.amazon.control import commands
from simulator.amazon.control.handle import Handle
from simulator.amazon.feeds import documents, submitted_feeds
from simulator.amazon.http import faults, operations
from simulator.amazon.http.quotas import Quotas
from simulator.amazon.http.wire import Answer, Call, Refusal, json_answer, read_call, redirect, stamp
from simulator.amazon.seller_central import consent, lwa
from simulator.amazon.seller_central.lwa import Application

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Exchange(NamedTuple):
    """One request to the SP-API and its answer, for whoever checks them against Amazon's models."""

    method: str
    path: str  # without the region
    query: dict[str, list[str]]
    request_json: Any
    status: int
    response_json: Any


def now_utc() -> datetime:
    """The default clock."""
    return datetime.now(UTC)


class Simulator(Handle):
    """Amazon, played: Seller Central, Login with Amazon, SP-API. Safe to call from several threads.

    ``sleep`` is what the faults "timeout", "lost_answer" and "slow" call; in-process tests pass one that returns at
    once (the answer is then a 504: without a socket there is no time-out to run into).
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        clock: Callable[[], datetime] = now_utc,
        quota: bool = True,
        orders: int = 8,
        base_url: str = "",
        application: Application | None = None,
        visibility_delay: timedelta = timedelta(0),
        sleep: Callable[[float], None] = time.sleep,
        exchanges: Callable[[Exchange], None] | None = None,
    ) -> None:
        super().__init__(
            seed,
            clock=clock,
            quota=quota,
            orders=orders,
            application=application or Application(),
            visibility_delay=visibility_delay,
        )
        self.base_url, self.sleep, self.exchanges = base_url, sleep, exchanges

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        call = read_call(environ, self.base_url, self.clock())
        try:
            answer = self._answer(call)
        except Refusal as refusal:
            answer = refusal.answer()
        start_response(answer.line, answer.all_headers())
        return [b"" if call.method == "HEAD" or answer.status == 204 else answer.body]

    def _answer(self, call: Call) -> Answer:
        region, path = operations.split_region(call.path)
        if operations.is_spapi(path):
            call.path = path
            return self._spapi(call, region)
        if path == "/auth/o2/token" and call.method == "POST":
            return self._with_faults(call, "token", lambda: lwa.token(self.world, self.application, call))
        if path.startswith("/_documents/") and call.method in {"GET", "PUT"}:
            operation = "upload" if call.method == "PUT" else "download"
            document_id = path.removeprefix("/_documents/")
            return self._with_faults(call, operation, lambda: documents.transfer(self.world, call, document_id))
        with self.lock:
            return self._page(call)

    def _page(self, call: Call) -> Answer:
        if call.path == "/":
            return redirect("/_control")
        if call.path == "/_health":
            return json_answer({"status": "ok"})
        if call.path == "/_journal":
            return json_answer({"entries": self.journal(call.one("kind"), call.one("seller_id"))})
        if call.path == "/_control" or call.path.startswith("/_control/"):
            return commands.answer(self, call)
        host, path = _seller_central(call.path)
        if path == "/apps/authorize/consent" and call.method in {"GET", "POST"}:
            return consent.consent(self.world, self.application, call, host)
        if path == "/apps/authorize/start":
            return consent.start(self.world, self.application, call)
        if path == f"/apps/authorize/confirm/{self.application.id}":
            return consent.confirm(self.world, self.application, call)
        raise Refusal(404, "NotFound", "There is nothing here.")

    def _spapi(self, call: Call, region: str) -> Answer:
        token = call.headers.get("x-amz-access-token", "")
        found = operations.find(call.method, call.path)
        with self.lock:
            call.seller_id = lwa.seller_of(self.world, token, call.now) or ""
        if found is None:
            answer = Refusal(404, "NotFound", "The resource you are looking for was not found.").answer()
            return self._sent(call, "unknown", answer)
        operation, arguments = found
        seller = self.world.sellers.get(call.seller_id)
        if seller is None or (region and seller.region != region):
            return self._sent(call, operation.name, _unauthorized().answer())
        return self._with_faults(call, operation.name, lambda: self._checked(call, operation, arguments, token))

    def _checked(self, call: Call, operation: operations.Operation, arguments: dict[str, str], token: str) -> Answer:
        if call.fault == "token_expired":
            self.world.access.pop(token, None)
            return _unauthorized().answer()
        if not self._allowed(call, operation.name):
            return faults.instead(faults.Fault(operation.name, "429"))
        submitted_feeds.advance_all(self.world, call)
        answer = operation.run(self.world, call, arguments)
        if self.exchanges:
            self.exchanges(_exchange(call, answer))
        return answer

    def _allowed(self, call: Call, name: str) -> bool:
        names = [name]
        if name == "createFeed" and b"JSON_LISTINGS_FEED" in call.body:
            names.append("createFeed:JSON_LISTINGS_FEED")
        return all(self.quotas.spend(call.seller_id, one, call.now) for one in names)

    def _with_faults(self, call: Call, operation: str, act: Callable[[], Answer]) -> Answer:
        with self.lock:
            fault = self.faults.take(operation, call.seller_id)
        if fault and fault.wait:
            self.sleep(fault.wait)  # outside the lock: the others are served meanwhile
        if fault and fault.replaces:
            return self._sent(call, operation, faults.instead(fault), fault.kind)
        call.fault = fault.kind if fault else ""
        with self.lock:
            try:
                answer = act()
            except Refusal as refusal:
                answer = refusal.answer()
                if self.exchanges and operation not in {"token", "upload", "download"}:
                    self.exchanges(_exchange(call, answer))
            answer = self._paged(call, operation, answer)
        return self._sent(call, operation, faults.spoil(fault, answer) if fault else answer, call.fault)

    def _paged(self, call: Call, operation: str, answer: Answer) -> Answer:
        """Pages are remembered, to be sent twice on request."""
        if operation not in {"searchOrders", "getOrders"} or answer.status != 200:
            return answer
        if call.fault == "duplicate_page" and (call.seller_id, operation) in self._pages:
            answer.body = self._pages[call.seller_id, operation]
        if call.fault == "reversed" and operation == "searchOrders":
            page = json.loads(answer.body)
            answer.body = json.dumps({**page, "orders": page["orders"][::-1]}).encode()
        self._pages[call.seller_id, operation] = answer.body
        return answer

    def _sent(self, call: Call, operation: str, answer: Answer, fault: str = "") -> Answer:
        request_id = str(uuid.uuid4())
        if operation not in {"upload", "download"}:
            answer.headers = [*answer.headers, ("x-amzn-RequestId", request_id)]
        if answer.status < 300 or answer.status in {400, 404}:
            answer.headers = [*answer.headers, *Quotas.header(operation)]
        facts = {"fault": fault} if fault else {}
        with self.lock:
            self.world.journal.call(
                stamp(call.now),
                call.seller_id,
                operation,
                answer.status,
                path=call.path,
                request_id=request_id,
                **facts,
            )
        return answer


def _seller_central(path: str) -> tuple[str, str]:
    if not path.startswith("/sellercentral/"):
        return "", path
    host, _, rest = path.removeprefix("/sellercentral/").partition("/")
    return host, "/" + rest


def _unauthorized() -> Refusal:
    return Refusal(
        403,
        "Unauthorized",
        "Access to requested resource is denied.",
        "The access token you provided is revoked, malformed or invalid.",
    )


def _exchange(call: Call, answer: Answer) -> Exchange:
    request = json.loads(call.body) if call.body else None
    response = json.loads(answer.body) if answer.body else None
    return Exchange(call.method, call.path, call.query, request, answer.status, response)
