"""A pytest plugin (``-p tools.own_broker``): each parallel worker of the suite uses a Redis database of its own.

It acts when it is imported, because the settings are read before any hook or conftest of ours could.
"""

import os

own = os.environ.get("REDIS_URL_" + os.environ.get("PYTEST_XDIST_WORKER", "").upper())
if own:
    os.environ["REDIS_URL"] = own
