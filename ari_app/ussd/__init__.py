"""Text sessions: the flows of calls on the screen of a telephone."""
