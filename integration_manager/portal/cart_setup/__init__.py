"""A cart's Setup: its connection, its settings, where its orders go, and parting with it."""
