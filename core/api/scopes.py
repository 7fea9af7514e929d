"""What a key may do, one scope for each kind of thing. A key has those that were ticked when it was made."""

from django.db import models


class Scope(models.TextChoices):
    ORDERS_READ = "orders:read", "Read orders"
    BUYERS_READ = "buyers:read", "Read buyers' names and addresses"
    ORDERS_CLAIM = "orders:claim", "Claim orders for delivery and answer for them"
    ORDERS_WRITE = "orders:write", "Push orders into a cart"
    SHIPMENTS_WRITE = "shipments:write", "Report shipments"
    INVENTORY_READ = "inventory:read", "Read items and stock"
    INVENTORY_WRITE = "inventory:write", "Report stock"
    SETTINGS_READ = "settings:read", "Read merchants, carts, warehouses, ship methods and carriers"
    ALERTS_READ = "alerts:read", "Read alerts"
    EVENTS_READ = "events:read", "Read events"
