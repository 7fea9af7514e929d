"""Several simulated servers behind one port: each under its own beginning of the path."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

App = Callable[[dict[str, Any], Any], Iterable[bytes]]
WAREHOUSE = "/wms"  # where 3PL Warehouse Manager is, beside Amazon


def beside(main: App, others: Mapping[str, App]) -> App:
    """Return what serves ``main``, and each of the others under its path."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO") or "/")
        for prefix, app in others.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                mine = {"SCRIPT_NAME": prefix, "PATH_INFO": path[len(prefix) :] or "/"}
                return app({**environ, **mine}, start_response)
        return main(environ, start_response)

    return serve
