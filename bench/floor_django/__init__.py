"""The yardstick: the least that an honest Django site does for the same five requests.

CSRF protection, a validated form at each step, what was typed carried on in hidden fields, one INSERT by the ORM in a
durable transaction, a redirect, and a thank-you page read from the database. No payment, no ledger, no receipt, no
outbox, no limits, one language. Same database settings, same server as Almoner.
"""
