"""Programmes, indicators and observations with their evidence: an empty room until the register is built."""
