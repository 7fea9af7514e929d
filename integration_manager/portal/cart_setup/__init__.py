"""A cart's Setup: its connection, its settings, where its orders go, and disconnecting it."""
