"""The warehouses as places: their names and addresses, adding one, and archiving one that nothing goes to any more."""
