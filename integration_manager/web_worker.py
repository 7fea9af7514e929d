"""gunicorn's threaded worker, with threads for those alone who have said what they want.

gunicorn gives a connection a thread as soon as it is there, and the thread then waits for the rest of the request: as
many half requests as there are threads stop the portal. Here a connection waits outside until its headers are complete,
and is closed when they take too long. The worker also starts the watch over what runs in the background, and settles
down before the first request.
"""

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from django.utils.module_loading import import_string
from gunicorn.workers.gthread import ThreadWorker

# By their names: this module is read before Django is set up.
WATCH = "integration_manager.watch.SilenceWatch"
SETTLE = "integration_manager.settled.settle"
HEADERS = 10.0  # seconds for all headers of a request, however slowly they drip
SILENCE = 20.0  # seconds between two pieces of a body, or of an answer that is read
LONGEST = 65_536  # bytes that are looked at; headers that are longer are read in a thread
OFTEN = 0.05  # seconds between two looks at who waits


class WebWorker(ThreadWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = threading.Lock()
        self._outside: dict[Any, float] = {}  # connections without complete headers, and until when they may wait
        self._unheard: dict[Any, float] = {}  # those that got a thread with headers too long to look at

    def init_process(self) -> None:
        threading.Thread(target=self._usher, name="usher", daemon=True).start()
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        import_string(SETTLE)()
        import_string(WATCH)().start()

    # -- Outside -----------------------------------------------------------------------------------------------------
    def enqueue_req(self, conn: Any) -> None:
        """Give the connection a thread, or let it wait for the rest of its headers. Runs in the main thread."""
        if has_said_enough(conn):
            conn.data_ready = True
            super().enqueue_req(conn)
            return
        with self._guard:
            self._outside[conn] = time.monotonic() + HEADERS

    def _usher(self) -> None:
        """Let in who is ready, and send away who takes too long."""
        while True:
            time.sleep(OFTEN)
            now = time.monotonic()
            with self._guard:
                waiting, slow = list(self._outside.items()), list(self._unheard.items())
            for conn, until in waiting:
                if has_said_enough(conn) or until < now:
                    with self._guard:
                        self._outside.pop(conn)
                    self.method_queue.defer(self.enqueue_req if until >= now else self._send_away, conn)
            for conn, until in slow:
                if until < now:
                    with suppress(OSError):  # closed meanwhile
                        conn.sock.shutdown(socket.SHUT_RDWR)

    def _send_away(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    # -- In a thread -------------------------------------------------------------------------------------------------
    def handle(self, conn: Any) -> Any:
        with self._guard:
            self._unheard[conn] = time.monotonic() + HEADERS
        try:
            return super().handle(conn)
        finally:
            self._heard(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        self._heard(conn)
        conn.sock.settimeout(SILENCE)
        return super().handle_request(req, conn)

    def _heard(self, conn: Any) -> None:
        with self._guard:
            self._unheard.pop(conn, None)


def has_said_enough(conn: Any) -> bool:
    """Whether a thread that reads this connection's headers will not have to wait."""
    if conn.parser is not None and conn.parser.unreader.buf.getvalue():
        return True  # the next request came in with the last one
    try:
        said: bytes = conn.sock.recv(LONGEST, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True  # gone, which a thread finds out at once
    return not said or b"\r\n\r\n" in said or len(said) == LONGEST
