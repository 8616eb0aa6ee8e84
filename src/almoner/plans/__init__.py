"""Promises to give again and again: what was promised, when it falls due, and what became of each period."""
