"""A scripted Salesforce with NPSP: see `server`."""
