"""Killing a worker at every named point: before and after each call to another server and each commit."""
