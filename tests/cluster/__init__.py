"""Several machines as one installation."""
