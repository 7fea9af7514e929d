"""Refusing to start: what the system checks find wrong is said once, in full, and nothing is served.

Commands run the checks by themselves. A web server does not, so the application it loads asks here.
"""

import sys

import structlog
from django.core.checks import ERROR, run_checks

log = structlog.get_logger(__name__)


def check() -> None:
    """End the process with every error in sentences, when there is one. Warnings go to the log."""
    found = run_checks()
    errors = [message for message in found if message.level >= ERROR]
    for message in found:
        if message not in errors:
            log.warning("settings.warning", id=message.id, said=message.msg)
    if errors:
        sys.exit("\n".join(["The portal does not start:", *(f"  {each.id}  {each.msg}" for each in errors)]))
