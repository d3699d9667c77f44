"""Tests of calls that campaigns make."""
