"""The agents' browser: pages, WebSocket, cards; knows its adapters only as ports."""
