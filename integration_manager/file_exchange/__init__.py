"""Folders of clients and warehouses: what lies there is picked up, and what is owed to them is put there."""
