"""Asterisk over AMI: the queues and the phones of agents, watched."""
