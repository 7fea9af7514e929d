"""Performance: what orders came to in a period, over all accounts or divided, on a page and as a file."""
