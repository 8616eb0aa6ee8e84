"""Arabic with the marks that stand in its amounts here, which are those of English."""

THOUSAND_SEPARATOR = ","
DECIMAL_SEPARATOR = "."
NUMBER_GROUPING = 3
