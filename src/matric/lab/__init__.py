"""Devices that answer on the wire, and the cabling between them."""
