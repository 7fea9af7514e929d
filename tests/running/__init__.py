"""The processes themselves, started as an installation starts them."""
