"""Paper: packing slips and pick lists for the chosen orders, to print from the browser or as a PDF."""
