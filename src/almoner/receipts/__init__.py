"""Receipts, country by country: numbered without gaps, signed, typeset once, mailed, cancelled and replaced."""
