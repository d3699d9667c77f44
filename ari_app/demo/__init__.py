"""The fictional operator to try Firstline with."""
