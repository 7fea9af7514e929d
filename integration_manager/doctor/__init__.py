"""What may be wrong with an installation, looked for one thing at a time, with the way to mend it."""
