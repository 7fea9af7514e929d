"""Events by time, without an index of times: their numbers grow with it, and a number is found by halving."""

from datetime import datetime, timedelta

from django.db import connection

from core.activity.models import Event
from core.row_security import tenant

APART = timedelta(hours=1)  # an event is written within it of the moment that it tells
EARLIER = 'COALESCE((SELECT "at" FROM activity_event WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1) < %s, FALSE)'
# One statement, with two looks at the primary key for each time that the events doubled.
HALVED = f"""
WITH RECURSIVE probe(low, high) AS (
    SELECT CAST(0 AS BIGINT), (SELECT COALESCE(MAX(id), 0) + 1 FROM activity_event)
    UNION ALL
    SELECT CASE WHEN {EARLIER} THEN (low + high) / 2 + 1 ELSE low END,
        CASE WHEN {EARLIER} THEN high ELSE (low + high) / 2 END
    FROM probe WHERE low < high
)
SELECT low FROM probe WHERE low >= high
"""


def first_since(moment: datetime) -> int:
    """Return a number below which no event is of this moment or later."""
    kept = Event._meta.get_field("at").get_db_prep_value(moment - APART, connection)
    # Over everybody's: behind the wall each look would go on through others' events until it meets one of ours.
    with tenant.every_tenant(), connection.cursor() as cursor:
        cursor.execute(HALVED, [kept, kept])
        (number,) = cursor.fetchone()
    return int(number)


def first_after(moment: datetime) -> int:
    """Return a number from which on no event is of this moment or earlier."""
    return first_since(moment + 2 * APART)
