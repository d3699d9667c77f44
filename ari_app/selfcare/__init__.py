"""What a subscriber may do by himself, and the billing that does it."""
