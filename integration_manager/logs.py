"""How logs are written: one line per event, ids only, and nothing in it that opens the portal."""

from typing import Any

import structlog

from core.common import log_filter

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def settings(*, json: bool, level: str) -> dict[str, Any]:
    """Return Django's LOGGING, and let structlog write the same way."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False),
                    log_filter.hide_in_line,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "filters": {"refusals": {"()": "core.common.log_filter.BriefRefusals"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # These write whole addresses, which hold order numbers and one-time links.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "sp_api": {"level": "WARNING"},
            "paramiko": {"level": "CRITICAL"},  # whatever a server says; ours is on its page
            # Django gives these handlers of their own, which write addresses as they are.
            "django": {"handlers": []},
            "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
            # A line for every sweep, every few seconds.
            "celery": {"level": "WARNING"},
        },
    }
