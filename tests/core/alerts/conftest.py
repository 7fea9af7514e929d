"""A mail server beside the tests of mail."""

from tests.mail_sink import mail_sink

__all__ = ["mail_sink"]
