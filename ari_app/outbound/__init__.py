"""Calls subscribers of campaigns with a flow."""
