"""Makes out what callers say: in a process of its own, from the sound that Asterisk sends it."""
