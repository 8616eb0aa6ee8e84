"""PayPal behind the port: Orders v2, and payment tokens of its vault for regular gifts.

PayPal's order is taken (captured) by us, once the donor has agreed on PayPal's page: nobody else can. What was never
captured therefore needs no cancelling there.
"""
