"""Score cards, from YAML files of the site."""
