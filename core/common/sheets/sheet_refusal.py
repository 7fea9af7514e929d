"""Why a sheet is not read, as a sentence with the next step."""

MOST_BYTES = 5_000_000  # of a file, and characters of what is pasted
MOST_ROWS = 10_000
TOO_LARGE = f"It is larger than {MOST_BYTES // 1_000_000} MB. Take out the columns that aren't needed, or split it."
TOO_MANY_ROWS = f"It has more than {MOST_ROWS:,} rows. Split it into several sheets."


class Unreadable(Exception):
    """Nothing was read. The message says why, and what to do."""
