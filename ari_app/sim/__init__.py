"""Simulated calls: a line on a virtual clock, and tests of flows."""
