"""Serves a floor exactly as `almoner serve` serves the product: floor_server.py MODULE:NAME PORT."""

import os
import sys

from almoner.config.commands.serve import serve
from almoner.kernel.environment import Environment

if __name__ == "__main__":
    serve(sys.argv[1], Environment(os.environ), host="127.0.0.1", port=int(sys.argv[2]))
