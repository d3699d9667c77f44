"""The application: what the world is, and how calls run through it."""

__version__ = "0.1.0"
