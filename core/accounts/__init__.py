"""Organizations, people, roles, login."""
