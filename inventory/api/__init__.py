"""The API of stock: what warehouses have, read and reported."""
