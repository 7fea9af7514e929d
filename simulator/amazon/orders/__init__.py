"""The Orders APIs, and every way an order comes in, ships or is canceled."""
