"""What staffing is planned from: the history in the store, and the settings."""
