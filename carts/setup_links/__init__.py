"""Links emailed to sellers who have no account here, and the pages they open."""
