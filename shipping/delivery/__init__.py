"""Order Delivery: handing orders to a warehouse, changing them there, and recalling them."""
