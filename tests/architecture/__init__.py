"""The rooms of the program, the arrows between them, and the limits of its files."""
