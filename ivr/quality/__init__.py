"""Score cards: how supervisors judge conversations of agents, and what a score is."""
