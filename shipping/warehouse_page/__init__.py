"""The pages about one warehouse: how it is doing, what happened, what is matched with it, and going live."""
