"""Invitations: sent by mail, opened and accepted once."""
