"""Items: what a seller's SKU stands for at the warehouse, by its own name, by an alias or as a kit."""
