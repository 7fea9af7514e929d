"""Connections that this process keeps open from one conversation to the next, whoever it is with.

They hold no token and no cookie. Without them each order told to a warehouse would cost a handshake.
"""

import os
import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

from core.common import allowed_addresses
from core.common.bounded_http import BoundedHttp

_lock = threading.Lock()
_shared: dict[Any, BoundedHttp] = {}


def guarded(networks: Sequence[Any]) -> BoundedHttp:
    """Return the connections to public servers, and to those in these private ``networks``."""
    key = tuple(networks)
    with _lock:
        if key not in _shared:
            _shared[key] = BoundedHttp(guard=partial(allowed_addresses.check_address, networks=key))
        return _shared[key]


# A child must not speak over its parent's connections. A lock held while forking would stay held in the child.
def _start_afresh() -> None:
    global _lock
    _lock = threading.Lock()
    _shared.clear()


os.register_at_fork(after_in_child=_start_afresh)
