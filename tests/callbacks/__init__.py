"""Calls back that keep their place."""
