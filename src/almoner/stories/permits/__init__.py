"""Consents as stories need them: which pictures and quotes may be shown, what is missing, and staff's screens."""
