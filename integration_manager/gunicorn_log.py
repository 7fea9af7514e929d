"""Gunicorn's own logs: who asked for which address, and what went wrong while it was answered."""

from typing import Any

from gunicorn.glogging import Logger

from core.common.log_filter import HidingFormatter


class HidingLogger(Logger):
    """Gunicorn's logger. Whatever its settings make it write, and wherever to, opens the portal to nobody."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                if not isinstance(handler.formatter, HidingFormatter):
                    handler.setFormatter(HidingFormatter(handler.formatter))
