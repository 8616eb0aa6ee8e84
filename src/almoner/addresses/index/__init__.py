"""The address index: one file a country, mapped into memory and shared by all workers. See docs/adr/ for its design."""
