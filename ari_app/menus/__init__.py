"""From YAML on the disk to the menus in force."""
