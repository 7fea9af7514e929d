"""One order: what is wrong with it, how far along it is, and every button."""
