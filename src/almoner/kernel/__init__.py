"""Money, references, clock and environment: what every room uses, without Django."""
