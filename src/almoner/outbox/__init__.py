"""Work outside the request: rows written with the act that asks for it, leases, and a worker that reruns what died."""
