"""Which tests are played on the second database too: those it may answer differently from the first.

That is every test that asks a database, but for two kinds. What a browser shows does not hang on the database; only
whole journeys are played on both. And a file marked ``one_database`` looks at words and forms, whose queries others
make. Whoever says nothing about a new test has it played on both.
"""

import pytest

ASKS_A_DATABASE = {"db", "transactional_db", "live_server"}  # fixtures


def is_for_both(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(name) for name in ("services", "journey", "both_databases")):
        return True
    if any(item.get_closest_marker(name) for name in ("browser", "embedded")):
        return False
    asks = item.get_closest_marker("django_db")
    if asks and asks.kwargs.get("transaction"):
        return True  # threads, locks or what happens after a commit
    if item.get_closest_marker("one_database"):
        return False
    return bool(asks or ASKS_A_DATABASE & set(getattr(item, "fixturenames", ())))
