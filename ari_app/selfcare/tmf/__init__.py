"""Billing behind the Open APIs of TM Forum, over HTTP; docs/tmforum.md says what goes where."""
