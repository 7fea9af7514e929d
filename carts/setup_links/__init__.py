"""Links mailed to sellers who have no account here, and the pages they open with them."""
