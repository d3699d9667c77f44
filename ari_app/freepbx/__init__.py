"""What a FreePBX has, read from its database, its backups or its dialplan, as menus of ours."""
