"""Everything the simulator knows, made from a seed and saved as one file."""
