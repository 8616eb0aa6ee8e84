"""A charity's records elsewhere: Salesforce, kept up to date through the outbox, and files in others' shapes."""
