"""What happened: events, and what was said to other servers."""
