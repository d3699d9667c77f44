"""Asterisk: its configuration, rendered from one description, and a private copy to run."""
