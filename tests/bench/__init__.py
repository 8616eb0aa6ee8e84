"""Many rows quickly, for what has to stay fast when a charity has grown."""
