"""Ship methods: what a cart asks for, what the warehouse calls it, and the rules between them."""
