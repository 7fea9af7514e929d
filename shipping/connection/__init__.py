"""The connection to a warehouse's own system: its credentials, which account is which merchant, what it shipped."""
