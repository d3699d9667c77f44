"""Calls without a phone."""
