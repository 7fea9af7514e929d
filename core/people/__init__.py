"""Members of an organization, and inviting them."""
