"""Staff's page of the gateways: what is set up, and whether it works."""
