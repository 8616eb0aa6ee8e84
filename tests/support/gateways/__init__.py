"""Scripted gateway servers: each speaks its protocol over a socket, and shares no code with the product."""
