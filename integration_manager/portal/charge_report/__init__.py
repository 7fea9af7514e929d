"""Additional charges by month and merchant, on a page and as a file."""
