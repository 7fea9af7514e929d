"""A warehouse that gets its orders as files, and sends what it shipped and what it has as files."""
