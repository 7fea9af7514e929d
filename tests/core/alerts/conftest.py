"""A mail server beside the tests of mail, and people who look at alerts."""

from tests.mail_sink import mail_sink
from tests.order_pages import acme, cart, client_for, owner, seller, stranger

__all__ = ["acme", "cart", "client_for", "mail_sink", "owner", "seller", "stranger"]
