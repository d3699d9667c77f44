"""Imports from FreePBX: one fictional company in each form in which FreePBX keeps it."""
