"""Named queries of exchange; what is exchanged is kept by its own apps, and files by the foundation."""
