"""Reports of plans and runs, for people and machines."""
