"""The charity's bank accounts: statements read, their lines kept once, and matched to the gifts they bring."""
