"""What memory the web process keeps for itself, and what goes back to the system."""

from __future__ import annotations

import ctypes
import gc

LARGE = 2**20
"""Bytes from which memory is asked of the system by itself and returned to it at once. What pages are drawn from is
smaller, and costs what it did; what is larger costs half a millisecond more for each megabyte."""

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3


def return_freed_memory() -> None:
    """Let the C library give back to the system what is freed, for good.

    Left alone it takes the largest thing that was ever freed, up to 32 MiB, for the usual size: from then on each of
    its arenas, eight for each processor, may keep twice as much. Other C libraries than GNU's do no such thing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_TRIM_THRESHOLD, 2 * LARGE)


NEW_OBJECTS = 20_000
"""After how many more objects the young ones are looked through. Python's 700 are a fraction of one draw of a page, and
finding each time that they are in use takes a seventh of a save's processor time when 400 rooms are open."""


def settle_memory() -> None:
    """Take what is loaded out of garbage collection: it stays for ever, and looking through it takes 100 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
