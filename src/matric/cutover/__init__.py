"""The cut-over: the protocol as a generator of effects, and the loop that journals and performs them."""
