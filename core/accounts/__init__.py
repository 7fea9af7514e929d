"""Organizations, people, roles, log-in."""
