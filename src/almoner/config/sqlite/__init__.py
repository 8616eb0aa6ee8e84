"""Django's SQLite backend, whose writers queue instead of racing."""
