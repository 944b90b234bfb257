"""How meetings are shown."""
