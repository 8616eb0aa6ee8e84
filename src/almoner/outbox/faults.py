"""How a fault is named where it is kept or logged."""

import traceback


def place_of(error: Exception) -> str:
    """The exception's type and the line it came from. Its text may hold what a donor typed, so it is kept nowhere."""
    frames = traceback.extract_tb(error.__traceback__)
    line = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{line}"
