"""The address finder and postal formats. Knows no people."""
