"""Mail: owed by a row, sent at least once, held back in a storm."""
