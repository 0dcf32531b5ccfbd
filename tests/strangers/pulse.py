"""Asks a server ten times a second whether it lives, until something is said here, and prints the longest wait."""

from __future__ import annotations

import http.client
import json
import select
import sys
import time


def lives(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    alive, slowest = True, 0.0
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        began = time.perf_counter()
        alive = lives(int(sys.argv[1])) and alive
        slowest = max(slowest, time.perf_counter() - began)
    json.dump({"alive": alive, "slowest": slowest}, sys.stdout)
