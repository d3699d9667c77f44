"""One conversation, over every line."""
