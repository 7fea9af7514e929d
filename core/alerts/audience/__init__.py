"""Who is told what: members, subscriptions, and the link that ends a subscription."""
