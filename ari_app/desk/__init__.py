"""The agents' desk in the browser: pages, WebSocket, cards. It knows its adapters only as ports."""
