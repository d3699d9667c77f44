"""The application: all that does I/O around the engine. Asterisk, store, desk, commands."""

__version__ = "0.1.0"
