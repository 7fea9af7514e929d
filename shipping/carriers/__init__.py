"""Carriers: which of a marketplace's carriers each of a warehouse's is, and what their tracking numbers look like."""
