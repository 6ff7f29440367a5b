"""Frozen models of what the network should be."""
