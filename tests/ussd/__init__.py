"""Text sessions."""
