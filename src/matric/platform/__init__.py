"""Operating systems: one module each, and what they share."""
