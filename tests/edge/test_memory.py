from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from tests.server import ROOT

MUCH = 10_000_000
SHOUTED_AT = f"""
import resource
import threading
from pages.edge.memory import return_freed_memory

def in_memory():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize()

bytes({MUCH})  # from now on the C library takes this for usual, unless it is told otherwise
if TOLD:
    return_freed_memory()
before, met = in_memory(), threading.Barrier(5)

def hear():
    met.wait()  # each in an arena of its own
    bytearray(b"x") * {MUCH}
    met.wait()

threads = [threading.Thread(target=hear) for _ in range(4)]
for thread in threads:
    thread.start()
met.wait()
met.wait()
print(in_memory() - before)
"""


def left_in_memory(*, told: bool) -> int:
    """The bytes that are left of ten million in each of four threads, which all freed them."""
    code = SHOUTED_AT.replace("TOLD", str(told))
    return int(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="another C library than GNU's")
def test_memory_that_is_freed_goes_back_to_the_system() -> None:
    assert left_in_memory(told=False) > MUCH
    assert left_in_memory(told=True) < MUCH // 4
