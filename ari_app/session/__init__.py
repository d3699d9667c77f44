"""Runs any session over any line; knows no line and no store."""
