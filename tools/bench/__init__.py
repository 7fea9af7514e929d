"""Measuring the import: how fast it is, compared with what a team would write and with what is possible."""
