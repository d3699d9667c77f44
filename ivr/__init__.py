"""What a call is, as arithmetic: no clock, no dice, no file, no socket, no log, no ``await``."""
