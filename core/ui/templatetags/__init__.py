"""Template tags for states, times, amounts and histories."""
