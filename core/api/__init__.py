"""What every API shares: keys and their scopes, problems, pages, kept answers, the log of calls."""
