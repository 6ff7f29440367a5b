"""What brings a school onto its trust's network; the vocabulary that content imports."""
