"""Three nodes on loopback, and what is done to them: `script/cluster`."""
