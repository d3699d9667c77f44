"""Callers who wait in queues: what they are told."""
