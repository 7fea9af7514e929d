"""Stock as a sheet: all of a merchant's out, and what was counted in, with what it would change."""
