"""Taking protections out one at a time, in a copy of the tree, and seeing that a test fails."""
