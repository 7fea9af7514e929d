"""Webhooks: what happened, told to other people's servers as Standard Webhooks 1.0 says."""
