"""One order: what is wrong with it, how far it is, and every button."""
