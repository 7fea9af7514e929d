"""What gunicorn goes by wherever it is started from this folder. The command line may say more."""

logger_class = "integration_manager.gunicorn_log.HidingLogger"
