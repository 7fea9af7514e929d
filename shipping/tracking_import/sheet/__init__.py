"""A sheet as people paste or upload it: its text, its rows, and which column says what."""
