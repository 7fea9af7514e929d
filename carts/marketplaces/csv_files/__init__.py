"""CSV files: a client sends its orders as files, each order a document in the shape of API Access."""
