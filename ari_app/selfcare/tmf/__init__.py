"""Billing behind the Open APIs of TM Forum, over HTTP; docs/billing.md says what goes where."""
