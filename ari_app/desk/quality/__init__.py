"""The pages on which supervisors score conversations, and agents read their scores."""
