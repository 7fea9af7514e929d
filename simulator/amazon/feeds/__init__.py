"""Feeds and reports: uploaded, processed, reported on."""
