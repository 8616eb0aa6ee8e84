"""Statements: read, kept once, booked and taken back."""
