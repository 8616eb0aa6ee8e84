"""What people agreed to before their picture or their words were shown, and whether it holds now."""
