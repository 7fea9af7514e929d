"""Health checks of the containers, ``python -S tools/container_check.py web|beat``. Standard library only: cheap."""

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

SILENT_TOO_LONG = 600  # beat writes its schedule down every three minutes


def web() -> bool:
    """Alive, not ready: a database or broker that is away is no reason to restart the pages that say so."""
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    connection.request("GET", "/livez", headers={"Host": urlsplit(os.environ["PUBLIC_URL"]).netloc})
    return connection.getresponse().status == http.HTTPStatus.OK


def beat() -> bool:
    written = [path.stat().st_mtime for path in Path(os.environ["DATA_DIR"]).glob("beat-schedule*")]
    return bool(written) and time.time() - max(written) < SILENT_TOO_LONG


if __name__ == "__main__":
    try:
        healthy = {"web": web, "beat": beat}[sys.argv[1]]()
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    sys.exit(not healthy)
