"""The cabinet: signing in, operations, menus, letters."""
