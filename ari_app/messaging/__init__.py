"""Texts leave, with retries."""
