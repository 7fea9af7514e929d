"""Seller Central and Login with Amazon: consent, codes and tokens."""
