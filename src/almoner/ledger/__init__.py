"""Double entry, append-only. Knows no payments and no gifts: only accounts and postings between them."""
