"""Whole-system tests: browser, crash, recovery. A room's own tests stand beside it."""
