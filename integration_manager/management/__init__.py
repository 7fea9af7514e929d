"""The manage.py commands, and what they share."""
