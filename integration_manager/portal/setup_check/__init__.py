"""Set-up check: what doctor looks at, the addresses to register at the marketplace, and the roles to ask it for."""
