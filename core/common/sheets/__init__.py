"""Sheets as people paste, upload or send them: their text, their rows, and what stands in a cell."""
