"""`python -m almoner` is `almoner`."""

from almoner.config.cli import main

main()
