"""The foundation: nothing here knows about carts, orders or warehouses."""
