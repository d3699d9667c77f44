"""The supervisor's board: the day in figures, queues, people and who waits, live."""
