"""GoCardless behind the port: direct debits of Bacs, BECS and SEPA.

A donor's first gift is a billing request for a mandate, agreed to on GoCardless's page, and then a payment on that
mandate, which we make. It keeps the billing request's identifier all along; a later payment of a plan has its own.
"""
