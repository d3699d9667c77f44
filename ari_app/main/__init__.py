"""Builds the application and runs it; the only room that may know all the others."""
