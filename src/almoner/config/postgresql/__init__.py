"""PostgreSQL as Almoner uses it: a commit that no standby has is none."""
