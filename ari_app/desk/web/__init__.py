"""What a browser speaks to: HTTP, sessions, the WebSocket of a tab."""
