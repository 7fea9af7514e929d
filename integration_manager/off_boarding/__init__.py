"""Off-boarding a merchant: asked for, cut off at once, and deleted in small steps from its day on."""
