"""The ports of self-service, kept in the store: orders, requests, code words, messages."""
