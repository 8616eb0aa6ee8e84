"""Whole histories by chance and by seed: donors, gateways, workers and clocks against the product's own actions, over a
real database; and an oracle that reckons from the gateway's own truth what the books should hold.

`gateway` is the scripted gateway, `world` what may happen, `oracle` what must hold, `mutants` what must be caught.
"""
