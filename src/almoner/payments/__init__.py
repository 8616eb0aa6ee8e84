"""Gateways, attempts, refunds, webhooks and bank credits. Knows no gifts: theirs is an opaque identifier."""
