"""How a seller authorizes us, and what becomes of it: consent pages, grants, renewal, our own secret."""
