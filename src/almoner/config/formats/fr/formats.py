"""French, with the narrow space between thousands that its typesetters use."""

THOUSAND_SEPARATOR = "\u202f"
