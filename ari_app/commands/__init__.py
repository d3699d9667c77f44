"""The groups of the command line, a module each; :mod:`ari_app.cli` joins them."""
