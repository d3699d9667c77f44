"""How many agents are needed when: a forecast of one's own history, queueing formulas, shifts."""
