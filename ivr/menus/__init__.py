"""The shipped menus, in YAML. An operator's own are where ``[menus] directory`` says."""
