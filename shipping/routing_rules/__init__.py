"""Routing rules: to which warehouse each order goes, where its cart leaves it to the rules."""
