"""The ground: nothing here knows a cart, an order or a warehouse."""
