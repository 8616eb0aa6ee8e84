"""What came in and from where, how far donors get, what needs a person: figures that are drawn and tabled."""
