"""The page on which supervisors plan how many agents a day needs."""
