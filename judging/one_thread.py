"""Linear algebra in one thread: the same digits however many processors there are, and some of them left to others."""

from __future__ import annotations

import os

LIBRARIES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def in_one_thread() -> None:
    """Has to be called before numpy is imported; a number of threads that somebody has chosen stays."""
    for name in LIBRARIES:
        os.environ.setdefault(name, "1")
