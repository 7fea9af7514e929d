"""Measuring the import: how quick it is, beside what a team would write and beside what is possible."""
