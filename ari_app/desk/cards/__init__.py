"""The cards: how they open and close with calls, and what they show of a caller."""
