"""Texts and events leave, with retries."""
