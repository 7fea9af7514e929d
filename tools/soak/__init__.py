"""The soak: real workers, PostgreSQL and Redis against the simulated Amazon, while things are killed and break."""
