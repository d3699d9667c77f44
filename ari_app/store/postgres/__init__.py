"""PostgreSQL as the store, for installations of several machines; SQLite is for one.

The functions of the store are the same: their SQL is SQLite's, which is translated. Only a store
that is on a server imports this package, and psycopg with it.
"""
