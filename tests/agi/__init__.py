"""FastAGI: the protocol, the door and the line over it."""
