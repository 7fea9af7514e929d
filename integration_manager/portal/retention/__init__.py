"""Data retention: what is kept how long, the evidence that it ends, and legal holds."""
