"""Stock as programs report and read it."""
