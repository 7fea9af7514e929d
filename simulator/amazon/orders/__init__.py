"""The Orders APIs, and every way an order comes to be, is shipped or canceled."""
