"""Stripe behind the port. Where its keys live, and why a payment is created before it is confirmed: docs/adr/0022."""
