"""Callers who wait in queues: what they hear."""
