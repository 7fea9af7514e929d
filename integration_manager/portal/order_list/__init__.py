"""The list of orders: search, filters, counts, bulk actions, export."""
