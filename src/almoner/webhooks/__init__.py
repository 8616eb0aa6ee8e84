"""What happens here, told to a charity's other systems: signed, again until it arrives, and to no inner address."""
