"""Articles for agents, from Markdown files of the site."""
