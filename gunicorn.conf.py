"""What gunicorn goes by wherever it is started from this folder. The command line may say more."""

logger_class = "integration_manager.gunicorn_log.HidingLogger"

# A search for two hundred order numbers stands in the address: the most that gunicorn takes.
limit_request_line = 8190
