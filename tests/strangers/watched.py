"""Starts the real application, and tells whoever connects to a Unix socket what the process holds."""

from __future__ import annotations

import gc
import json
import socket
import sys
import threading


def held() -> dict[str, int]:
    """How many sessions are connected and kept for a reconnection, and how many there are in memory at all."""
    from streamlit.runtime import get_instance

    gc.collect()
    manager = get_instance()._session_mgr
    kinds = [type(thing).__name__ for thing in gc.get_objects()]
    return {
        "connected": len(manager.list_active_sessions()),
        "kept": len(manager._session_storage.list()),
        "in memory": kinds.count("AppSession"),
        "threads": threading.active_count(),
        "objects": len(kinds),
    }


def answer(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        while True:
            asked, _ = listening.accept()
            with asked:
                asked.sendall(json.dumps(held()).encode())


if __name__ == "__main__":
    threading.Thread(target=answer, args=(sys.argv[1],), daemon=True).start()
    sys.argv[1:] = sys.argv[2:]
    sys.path[0] = ""
    from streamlit.web.cli import main

    main(prog_name="streamlit")
