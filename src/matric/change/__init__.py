"""A change of the trust's repository: what it touches, what is proposed, and how it is deployed once merged."""
