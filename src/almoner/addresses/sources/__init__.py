"""Files of addresses as their publishers write them, read row by row into what the index is built from."""
