"""Marks that the writer and the reader of the file agree on."""

from typing import Final

# Where a street that is only a name leads to no house: another name of a street, not a building's.
NO_TARGET: Final = 0xFFFFFFFF
