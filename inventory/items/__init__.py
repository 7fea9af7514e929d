"""What SKUs stand for, as people set it: aliases and kits by hand and as a sheet, and listings nobody has matched."""
