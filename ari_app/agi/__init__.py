"""FastAGI: a channel of an Asterisk without ARI as a line."""
