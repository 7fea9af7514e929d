"""3PL Warehouse Manager, simulated on this machine: its REST API, and a page where its staff pack and close orders."""
