"""A cart's filters: which orders are taken, and which of their lines."""
