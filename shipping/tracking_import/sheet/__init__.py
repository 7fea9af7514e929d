"""A sheet of tracking numbers: which column says what."""
