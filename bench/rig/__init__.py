"""What the benchmarks share: servers, a load, CPU of processes, the machine's noise, tables."""

import sys
from pathlib import Path

# A part that runs in a process of its own finds the tests' helpers too.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
