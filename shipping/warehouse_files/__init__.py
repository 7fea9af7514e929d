"""A warehouse's files: orders out, what it shipped in, and its answers to cancels and changes, said by a person."""
