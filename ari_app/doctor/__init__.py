"""What is wrong with an Asterisk: facts in, findings out, each with the line to change."""
