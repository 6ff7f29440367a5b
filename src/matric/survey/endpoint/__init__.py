"""What hangs on each port of a joining school, what becomes of it, and whether it has come back."""
