"""Drawing lots so that anybody can repeat it: commitment, list, tickets and result, with hashes and nothing else.

A secret seed is made before the scores are known, and its SHA-256 is published. When judging has ended the list of the
entries is frozen and hashed. The ticket of an entry is the SHA-256 of seed, digest of the list and code, and the lowest
tickets win: nobody who wrote the list knew the seed, and nobody who knows the seed can change the list.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from storage.canonical import canonical, digest

FORMAT: Final = 1
SEED: Final = re.compile(r"[0-9a-f]{64}")
LONGEST: Final = 10_000_000
"""Bytes of a file that are read; a list of a thousand entries has a fiftieth of that."""


class LotsError(ValueError):
    """A file of a draw cannot be read, or does not say what comes out."""


@dataclass(frozen=True)
class LotList:
    """What is drawn: how many places among which entries of a stage, under which commitment.

    ``left_out`` are entries that competed for the places and are not drawn; a list without any says nothing of it.
    """

    stage: str
    commitment: str
    places: int
    entries: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def content(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "commitment": self.commitment,
            "places": self.places,
            "entries": sorted(self.entries),
            **({"left_out": sorted(self.left_out)} if self.left_out else {}),
        }

    @property
    def digest(self) -> str:
        return digest(self.content)

    @property
    def text(self) -> str:
        """The bytes that are hashed."""
        return canonical(self.content).decode()


@dataclass(frozen=True)
class Ticket:
    """An entry with its ticket, in hexadecimal digits."""

    entry: str
    ticket: str


def new_seed() -> str:
    """32 random bytes, in hexadecimal digits."""
    return secrets.token_hex(32)


def commitment_to(seed: str) -> str:
    """What is published of a seed before it is told: the SHA-256 of its 64 digits."""
    return f"sha256:{hashlib.sha256(seed.encode()).hexdigest()}"


def ticket_of(seed: str, list_digest: str, entry: str) -> str:
    return hashlib.sha256(f"{seed}|{list_digest}|{entry}".encode()).hexdigest()


def drawn(lots: LotList, seed: str) -> tuple[Ticket, ...]:
    """The entries in the order of their tickets; the first ones win, as many as there are places."""
    tickets = (Ticket(entry, ticket_of(seed, lots.digest, entry)) for entry in lots.entries)
    return tuple(sorted(tickets, key=lambda each: (each.ticket, each.entry)))


def written(lots: LotList, seed: str, *, prize: str, stage: str) -> bytes:
    """The file from which anybody repeats a draw."""
    tickets = drawn(lots, seed)
    content = {
        "format": FORMAT,
        "prize": prize,
        "stage": stage,
        "seed": seed,
        "list": lots.content,
        "list_digest": lots.digest,
        "tickets": [{"entry": each.entry, "ticket": each.ticket} for each in tickets],
        "won": [each.entry for each in tickets[: lots.places]],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def redrawn(path: Path) -> str:
    """Repeat the draw of a file, and say in words what comes out.

    Raises
    ------
    LotsError : it is no such file, or something in it is not what comes out.
    OSError : it cannot be read.
    """
    return _checked(_read(path))


def _checked(held: Mapping[str, Any]) -> str:
    seed, lots = held["seed"], _list_of(held["list"])
    if commitment_to(seed) != lots.commitment:
        raise LotsError(
            f"This seed is not the one that was committed to: its SHA-256 is {commitment_to(seed)}, and the list names "
            f"{lots.commitment}."
        )
    if lots.digest != held["list_digest"]:
        raise LotsError(f"The list was changed: its digest is {lots.digest}, and the file says {held['list_digest']}.")
    tickets = drawn(lots, seed)
    said = [{"entry": each.entry, "ticket": each.ticket} for each in tickets]
    if said != held["tickets"]:
        raise LotsError("The tickets in the file are not those that come out of its seed and its list.")
    if [each.entry for each in tickets[: lots.places]] != held["won"]:
        raise LotsError("The file says that other entries won than those with the lowest tickets.")
    lines = [
        f"{held['prize']}, {held['stage']}: {lots.places} of {len(lots.entries)} entries drawn",
        *([f"Left out of the list: {', '.join(lots.left_out)}"] if lots.left_out else []),
        "",
        f"seed        {seed}",
        f"commitment  {lots.commitment}",
        f"list        {lots.digest}",
        "",
        *(
            f"{at:>4}  {'wins' if at <= lots.places else '    '}  {each.entry:<12}  {each.ticket}"
            for at, each in enumerate(tickets, 1)
        ),
        "",
        "Everything comes out as the file says. Compare the commitment with the one that stood on the prize's page "
        "before judging ended.",
    ]
    return "\n".join(lines)


def _read(path: Path) -> Mapping[str, Any]:
    if path.stat().st_size > LONGEST:
        raise LotsError("This file is too large to be one of a draw.")
    try:
        held = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise LotsError("This is no JSON file. Download it again from the prize's page.") from error
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise LotsError("This is no file of a draw that this program knows. Download it from the prize's page.")
    for name, fits in (
        ("prize", lambda value: isinstance(value, str)),
        ("stage", lambda value: isinstance(value, str)),
        ("seed", lambda value: isinstance(value, str) and SEED.fullmatch(value)),
        ("list", lambda value: isinstance(value, dict)),
        ("list_digest", lambda value: isinstance(value, str)),
        ("tickets", lambda value: isinstance(value, list)),
        ("won", lambda value: isinstance(value, list)),
    ):
        if not fits(held.get(name)):
            raise LotsError(f"The file's “{name}” is missing, or is not what it has to be.")
    return held


def _list_of(held: Mapping[str, Any]) -> LotList:
    stage, commitment, places, entries = (held.get(name) for name in ("stage", "commitment", "places", "entries"))
    left_out = held.get("left_out", [])
    fits = (
        held.keys() - {"left_out"} == {"stage", "commitment", "places", "entries"}
        and isinstance(stage, str)
        and isinstance(commitment, str)
        and isinstance(places, int)
        and isinstance(entries, list)
        and isinstance(left_out, list)
        and all(isinstance(entry, str) for entry in (*entries, *left_out))
    )
    if not fits:
        raise LotsError("The file's list is not complete, or holds something that no list has.")
    assert isinstance(stage, str)
    assert isinstance(commitment, str)
    assert isinstance(places, int)
    assert isinstance(entries, list)
    assert isinstance(left_out, list)
    if entries != sorted(set(entries)) or not 1 <= places < len(entries):
        raise LotsError("The file's list is out of order: each entry stands there once, and more than are places.")
    if left_out != sorted({*left_out} - {*entries}) or ("left_out" in held and not left_out):
        raise LotsError("The file's list is out of order: who is left out stands there once, and is not drawn.")
    return LotList(stage, commitment, places, tuple(entries), tuple(left_out))


def by_hand(lots: LotList, seed: str, tickets: Sequence[Ticket]) -> tuple[str, ...]:
    """Commands of any Unix by which the same is done without Laurel."""
    first = tickets[0].entry
    return (
        f"printf %s '{seed}' | sha256sum",
        f"printf %s '{lots.text}' | sha256sum",
        f"printf %s '{seed}|{lots.digest}|{first}' | sha256sum",
    )
