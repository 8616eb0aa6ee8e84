"""Databases, servers, browsers and mail servers that tests borrow and give back."""
