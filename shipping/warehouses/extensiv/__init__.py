"""3PL Warehouse Manager by Extensiv (formerly 3PL Central), through its REST API."""
