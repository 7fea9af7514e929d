"""How a seller authorizes us, and what becomes of the authorization: consent pages, grants, renewal, our own secret."""
