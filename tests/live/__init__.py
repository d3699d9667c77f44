"""Firstline as its users meet it: real Asterisk, real SIP, the command line."""
