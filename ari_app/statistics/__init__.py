"""What became of callers in queues and what agents did: recorded, completed and counted."""
