"""The forms of a card: operations of self-service, tickets, notes, promises, transfers."""
