"""Reports: what is asked, the tables, and their pages."""
