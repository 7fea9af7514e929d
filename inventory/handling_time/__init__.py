"""Handling time: how many days a listing says a SKU takes, how many it took, and what the marketplace will flag."""
