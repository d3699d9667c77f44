"""Flows as a graph: edges, path search, loops, coverage, and the shortest way to a human."""
