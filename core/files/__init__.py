"""Files that clients and warehouses send and get: kept sealed, each taken once, and rows that wait to be put right."""
