"""Flows as a graph: where a caller can go, and what calls covered."""
