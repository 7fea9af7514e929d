"""Performance: what each day's orders came to, kept in sums that follow the orders."""
