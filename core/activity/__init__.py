"""What happened: events, and the exchanges with other servers."""
