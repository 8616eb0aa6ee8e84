"""Keeping the register: programmes and their figures, entered by one person and verified by another."""
