"""The addresses that a host's name stands for, looked up once and within the deadline."""

import ipaddress
import queue
import socket
import threading

from core.common import deadline


class NoAddress(OSError):
    """The name stands for nothing, or is none."""


def look_up(host: str, port: int, *, most: float) -> list[str]:
    """Return them. The resolver knows no time-out, so it is asked in a thread that may be left behind.

    Raises NoAddress, and TimeoutError after ``most`` seconds or at the deadline.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    found: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put([str(address[0]) for *_, address in known])
        except (OSError, UnicodeError) as error:
            found.put(NoAddress(str(error) if isinstance(error, OSError) else "This is no name of a host."))

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        answer = found.get(timeout=deadline.left(most))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer
