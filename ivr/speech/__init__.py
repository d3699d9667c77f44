"""Values as words: money, dates, counts, per language."""
