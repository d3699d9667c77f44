"""What Firstline remembers: SQLite behind one writer; one module per thing remembered."""
