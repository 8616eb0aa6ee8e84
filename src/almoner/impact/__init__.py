"""Programmes, what they reached, and how it is known: the register on which a story's figures rest."""
