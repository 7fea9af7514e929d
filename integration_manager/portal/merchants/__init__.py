"""The pages of the 3PL's clients."""
