"""Staff's screens inside Wagtail's admin: gifts, what people enter by hand, forms, charities, reports, the log."""
