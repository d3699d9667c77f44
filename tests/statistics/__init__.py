"""The record of queues and agents."""
