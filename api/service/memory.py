"""The memory of this process."""

import resource
import sys
from pathlib import Path

RESIDENT = Path("/proc/self/statm")

MEGABYTE = 1_048_576


def megabytes() -> float:
    """Give what this process has in memory; where nobody tells, the most that it ever had."""
    try:
        return int(RESIDENT.read_text().split()[1]) * resource.getpagesize() / MEGABYTE
    except (OSError, IndexError, ValueError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (MEGABYTE if sys.platform == "darwin" else 1_024)
