"""Score cards from files of the site."""
