"""What fail2ban needs to shut out, by the firewall, who guesses passwords of phones or of the desk.

It reads our own log, whose lines have nothing in them that a stranger writes but the address: in
Asterisk's, names and Call-IDs of strangers stand before it.
"""

FILTER = """\
[Definition]
failregex = SIP: <HOST> is shut out for \\d+ s: it guesses passwords of phones
            sign-in refused: too many attempts from <HOST>; wait \\d+ s
"""

JAIL = """\
[firstline]
enabled = true
filter = firstline
backend = systemd
journalmatch = _SYSTEMD_UNIT=firstline.service
# The application has counted: each line is one who guessed too often.
maxretry = 1
findtime = 1h
bantime = 1h
bantime.increment = true
banaction = %(banaction_allports)s
"""
