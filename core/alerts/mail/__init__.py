"""Mail: owed by a row, sent at least once, calmed in storms."""
