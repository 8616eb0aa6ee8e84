"""Legal entities, their sites and funds, staff's scope, the audit log, and append-only tables."""
