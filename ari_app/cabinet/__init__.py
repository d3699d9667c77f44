"""The cabinet: what callers do by keys, subscribers do on pages of their own browser."""
