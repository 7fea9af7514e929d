"""Digests: what needs somebody, what is late and what was done, once or a few times a day."""
