"""The documentation under test: links, pictures, commands, and what it repeats from the source."""
