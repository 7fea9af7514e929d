"""Feeds and reports: uploaded, worked off, reported on."""
