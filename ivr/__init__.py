"""The engine: what a call is, as pure functions and values.

Nothing here reads a clock, a file or a socket, draws a random number, logs or awaits. An adapter
passes events in and carries out what comes back. The files of the engine in reading order:

* ``values``: what a session carries and a prompt says (money, days, digits).
* ``terms``, ``nodes``, ``model``: the language of menus: nodes, flows, schedules, the book.
* ``events``, ``wants``, ``session``: what happened, what comes next, and where a call stands.
* ``engine``: :func:`~ivr.engine.step`, one event in, the next session and one want out. It uses
  ``session_start`` (how a call begins), ``draft`` (the next session while it is made),
  ``node_entry`` (what a node wants), ``listening`` and ``key_grammar`` (menus and inputs),
  ``conditions`` (what branches compare).
* ``digits``, ``gather``: DTMF collection and its three timers, without a clock.
* ``screens``, ``word_codes``: sentences as pages of a USSD session, and words that stand for codes.
* ``source``, ``annotations``, ``loader``, ``problems``: YAML to a book, or to problems with places.
* ``schema``: the language as a JSON Schema for editors.
* ``value_readers``, ``secret``, ``tickets``: values from text, sealed text, the ticket policy.

The rooms beside them: ``check`` (rules that flows are checked by), ``analysis`` (flows as a graph:
search, coverage, the shortest way to a human), ``diagram`` (flows as pictures), ``hours`` (opening
hours), ``speech`` (values in words per language), ``identity`` (code words, keypad letters,
lockout), ``acd`` (queues and agents, folded from AMI events). ``menus`` holds the shipped flows.
"""
