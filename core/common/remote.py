"""What another server can do to us, named by what we do about it.

Adapters turn every answer into success or one of these. Nobody else looks at status codes.
"""

from datetime import timedelta


class RemoteError(Exception):
    """Another server did not do what we asked. The message is a sentence for people: no secrets, no buyer's data."""


class Unavailable(RemoteError):
    """Wait and ask again: time-out, 429, 5xx, an answer cut short, our own quota used up.

    ``retry_in`` is how long to wait at least, when somebody knows.
    """

    def __init__(self, message: str, *, retry_in: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_in = retry_in


class Throttled(Unavailable):
    """Nothing is wrong with what we ask, only with how often: our quota is used up. Waiting costs no attempt."""


class OurFault(Throttled):
    """Something of this portal's own is wrong: a credential, a key, the disk. Whoever runs it must put it right.

    It waits like one whose quota is used up: at no cost, and without a person for each thing owed.
    """


class Unaccepted(OurFault):
    """Our own credentials are refused; until they are corrected nobody's work can go on."""


class Rejected(RemoteError):
    """A person must change the record before asking again. ``code`` is the vendor's own word for it."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Disconnected(RemoteError):
    """A person must reconnect. Everything owed waits at no cost and flows again afterwards."""
