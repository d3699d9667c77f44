"""Calls without a phone: a line on a clock that nobody has to wait for, and tests of flows."""
