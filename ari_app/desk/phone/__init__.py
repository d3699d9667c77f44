"""The agent's phone in the browser: SIP over a WebSocket, forwarded to Asterisk."""
