"""The application: what the world is, and how calls run through it."""
