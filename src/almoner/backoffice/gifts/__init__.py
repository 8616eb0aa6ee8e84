"""The list of gifts, one gift with all that happened to it, and what staff do to it."""
