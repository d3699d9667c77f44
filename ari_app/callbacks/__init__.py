"""Calls back those who asked for it, through a stand-in in their place in the queue."""
