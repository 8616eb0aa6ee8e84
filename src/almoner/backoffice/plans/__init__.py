"""Regular gifts on staff's screens: the list, one plan with its history, and what is done to it."""
