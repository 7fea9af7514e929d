"""What manage.py doctor finds."""
