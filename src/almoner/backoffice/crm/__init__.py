"""Staff's pages of Salesforce: how gifts are told there, and what it refused."""
