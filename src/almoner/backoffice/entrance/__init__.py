"""How staff come in: signing in, the second factor, a forgotten password. These views stand in front of Wagtail's."""
