"""CartRover's API v1 at /v1/: a client written for it needs a new address and a new key, and nothing else."""
