"""Stripe, through the product's own actions and over a socket."""
