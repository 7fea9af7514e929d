"""What is wrong now, who is told, and the mail owed to them."""
