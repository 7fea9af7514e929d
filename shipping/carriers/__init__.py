"""Carriers: what a marketplace is told for what a warehouse calls them, and what their tracking numbers look like."""
