"""The settings: files, environment, defaults."""
