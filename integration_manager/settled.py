"""What a web process reads once and keeps, left out of the garbage collector's rounds.

Whenever enough was made anew, Python looks through all that lives. Of a process with the whole product in it that takes
150 ms and more, in the middle of somebody's page.
"""

import gc

from django.urls import get_resolver


def settle() -> None:
    """Read what the first request would read, and keep all that is there now out of later rounds."""
    assert get_resolver().url_patterns  # with every view
    gc.collect()
    gc.freeze()
