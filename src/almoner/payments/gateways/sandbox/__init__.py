"""A gateway of our own in which no money moves, with every outcome that a real one can have."""
