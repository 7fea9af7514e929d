"""The ShipStation custom store, on the wire: its dates, its pages of orders, its notices of what was shipped."""
