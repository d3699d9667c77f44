"""What other systems ask and do over HTTP: JSON under ``/api/v1``, by tokens with scopes."""
