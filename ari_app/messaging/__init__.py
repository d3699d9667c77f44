"""Text messages leave, with retries."""
