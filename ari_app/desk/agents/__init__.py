"""The state of agents and of their queues, beside the cards."""
