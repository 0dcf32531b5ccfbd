"""One reading of an address, so that no other spelling of it slips past a rule."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote

DECODING_STEPS = 5
"""Nobody encodes an address more often than this without an intention."""

LONGEST_WAY_BACK = 1000
ODD = re.compile(r"//|\\|%[0-9a-fA-F]{2}|(?:^|/)\.{1,2}(?:/|$)|[\x00-\x1f\x7f]")
"""Doubled slashes, backslashes, what is still encoded after decoding, dot segments, control characters."""


def is_plain(path: str) -> bool:
    """Whether an address, decoded once, can mean one thing only."""
    return path.startswith("/") and not ODD.search(path)


def canonical(path: str) -> str:
    """The address as the most lenient reader would take it, without the slash at the end.

    Decoded to the end, in lower case, without parameters after ``;``, ``?`` or ``#``, doubled slashes or dot segments.
    """
    for _ in range(DECODING_STEPS):
        decoded = unquote(path)
        if decoded == path:
            break
        path = decoded
    path = unicodedata.normalize("NFKC", path).casefold().replace("\\", "/")
    kept: list[str] = []
    for part in path.split("/"):
        name = re.split(r"[;?#]", part, maxsplit=1)[0].strip(" \t\r\n\0")
        if name == "..":
            del kept[-1:]
        elif name not in ("", "."):
            kept.append(name)
    return "/" + "/".join(kept)


def is_below(path: str, *folders: str) -> bool:
    """Whether ``path`` is one of ``folders`` or lies in one; both as ``canonical`` writes them."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def way_back(path: str, query: str = "") -> str:
    """The address to return to after signing in, ready to be a value in a query; ``/`` when it could lead elsewhere."""
    address = quote(path, safe="/~") + (f"?{query}" if query else "")
    return quote(address if is_own_address(address) else "/", safe="/")


def is_own_address(address: str) -> bool:
    """Whether a redirect to ``address`` stays with us. To be asked before following any address out of a request."""
    path = unquote(address.partition("?")[0])
    printable = all(" " < character < "\x7f" for character in address)
    return len(address) <= LONGEST_WAY_BACK and printable and is_plain(path)
