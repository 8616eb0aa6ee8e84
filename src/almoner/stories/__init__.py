"""The charity's public pages in Wagtail: its home, its stories, and the forms that stand in them."""
