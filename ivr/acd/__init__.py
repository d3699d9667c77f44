"""Automatic call distribution: queues, agents and who speaks with whom, folded from events."""
