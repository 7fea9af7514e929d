"""Files of orders: a client's columns, the orders in its rows, and taking them by the intake of pushed orders."""
