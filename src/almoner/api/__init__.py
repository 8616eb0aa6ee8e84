"""What other systems of a charity may read and do, over HTTP: one version, under /api/v1/."""
