"""The menus themselves, in YAML: the realm of the administrator of the PBX."""
