"""The bench: the same scripted call against a plain dialplan and against Firstline."""
