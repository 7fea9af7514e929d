"""A warehouse system that calls us: it fetches orders and reports shipments by the REST API."""
