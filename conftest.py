"""Fixtures of the whole suite live in tests/support; this file names them for every room's tests."""
