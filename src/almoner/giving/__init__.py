"""The donor's act: forms, drafts, gifts and the thank-you."""
