"""Row-level security: on PostgreSQL a page sees the rows of the organization it works for, whatever its queries ask."""
