"""What an operator asks of an installation: status, retention, lists of subscribers."""
