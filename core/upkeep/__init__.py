"""Whether the portal runs: heartbeats of its processes, its keys, and whether it is the one that may send."""
