"""Words of the register for templates."""
