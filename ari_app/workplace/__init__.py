"""The adapters behind the desk's ports: store, live calls, self-service, Asterisk."""
