"""Spanish, with CLDR's mark between thousands."""

THOUSAND_SEPARATOR = "."
