"""What is wrong now, who is told, and the mail they are owed."""
