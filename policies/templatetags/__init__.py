"""How policies are shown."""
