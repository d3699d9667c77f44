"""Prompts: the catalogue of texts per language, and the sound files made of them."""
