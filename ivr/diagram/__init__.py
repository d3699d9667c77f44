"""Flows as pictures: what is drawn, as DOT and as Mermaid."""
