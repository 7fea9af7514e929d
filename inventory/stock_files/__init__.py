"""Files of stock from a warehouse that sends files: levels taken as the warehouse's own, one merchant's at a time."""
