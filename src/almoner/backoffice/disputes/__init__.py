"""Disputes as staff work: the list, what is known of each, and the answer to it."""
