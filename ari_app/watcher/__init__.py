"""A small process that starts what has died again: the application, and Asterisk."""
