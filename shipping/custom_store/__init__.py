"""The ShipStation custom store: what shipping desks fetch and report, and the page where one is set up."""
