"""Asterisk over ARI: the socket, the operations, the events, and a channel as a line."""
