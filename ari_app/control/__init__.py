"""How other processes look into the running application."""
