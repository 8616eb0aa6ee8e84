"""Salesforce with its Nonprofit Success Pack: the client, what is sent, and when."""
