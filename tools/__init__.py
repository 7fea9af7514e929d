"""What the Makefile calls. Nothing here is part of the product; install.py runs before anything is installed."""
