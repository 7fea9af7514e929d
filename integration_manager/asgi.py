"""The web application for servers that speak ASGI. It refuses to start with settings that are wrong."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application

from integration_manager import refusal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class LimitedBodies:
    """Reads no more of a request than a page of ours sends: Django reads it whole before anything of ours sees it."""

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            return {"type": "http.disconnect"} if came > settings.MOST_SENT else message

        await self.application(scope, counted, send)
        if came > settings.MOST_SENT:
            headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": b"Too much at once. Nothing was changed."})


application = LimitedBodies(get_asgi_application())
refusal.check()
