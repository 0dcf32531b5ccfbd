"""The search for names in what entrants write: who is behind an entry must not stand in what judges read.

Words are compared in small letters without accents, and joined: “Wind-works”, “WIND WORKS” and “w i n d w o r k s” are
all found for an organisation called Windworks, also where a line ends in the middle. A single word that could be an
everyday one (a surname, an organisation of one word) counts only where it is written with a capital letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from prize.entries.identities import Identities, folded, without_marks

WORD = re.compile(r"[^\W_]+")
AROUND = 40
"""How many characters an excerpt shows on either side."""
SHORTEST_SURNAME = 3


class Tells(StrEnum):
    """What a found word gives away."""

    PERSON = "person"
    ADDRESS = "mail address"
    DOMAIN = "domain"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Hit:
    """A name in a text: what it tells, where it stands, how often, and the words around the first one."""

    tells: Tells
    name: str
    place: str
    count: int
    excerpt: str


@dataclass(frozen=True)
class _Sought:
    """``joined`` is what is looked for, words run together; ``capital`` asks for a capital letter in the text."""

    tells: Tells
    name: str
    joined: str
    capital: bool


@dataclass(frozen=True)
class _Word:
    joined: str
    start: int
    end: int
    capital: bool


def find_names(text: str, place: str, identities: Identities) -> tuple[Hit, ...]:
    """The names of ``identities`` in ``text``, one hit for each name. ``place`` says where the text stands."""
    plain, hits = _found(text, identities)
    return tuple(
        Hit(tells, name, place, len(spans), _excerpt(plain, *spans[0])) for (tells, name), spans in sorted(hits.items())
    )


def names_marked(text: str, identities: Identities) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text as it is searched, and from where to where in it names stand, in their order; none within another."""
    plain, hits = _found(text, identities)
    apart: list[tuple[int, int]] = []
    for start, end in sorted(span for spans in hits.values() for span in spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return plain, tuple(apart)


def plainly(text: str) -> str:
    """A text as it is searched: letters in one form each, and nothing that is written but not seen."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")


def _found(text: str, identities: Identities) -> tuple[str, dict[tuple[Tells, str], list[tuple[int, int]]]]:
    sought: dict[str, _Sought] = {}
    for needle in _sought(identities):  # the stricter of two equal ones gives way
        known = sought.get(needle.joined)
        if known is None or (known.capital and not needle.capital):
            sought[needle.joined] = needle
    beginnings = {joined[:length] for joined in sought for length in range(1, len(joined) + 1)}
    plain = plainly(text)
    words = [
        _Word(without_marks(found.group()), found.start(), found.end(), found.group()[0].isupper())
        for found in WORD.finditer(plain)
    ]
    hits: dict[tuple[Tells, str], list[tuple[int, int]]] = {}
    for at, first in enumerate(words):
        joined = ""
        for word in words[at:]:
            joined += word.joined
            if joined not in beginnings:
                break
            one = sought.get(joined)
            if one is not None and (first.capital or not one.capital):
                hits.setdefault((one.tells, one.name), []).append((first.start, word.end))
    return plain, hits


def _sought(identities: Identities) -> Iterator[_Sought]:
    for person in identities.people:
        words = folded(person).split()
        if len(words) > 1:
            yield _Sought(Tells.PERSON, person, "".join(words), capital=False)
            yield _Sought(Tells.PERSON, person, words[-1] + "".join(words[:-1]), capital=False)
        if words and len(words[-1]) >= SHORTEST_SURNAME:
            yield _Sought(Tells.PERSON, person, words[-1], capital=True)
    for word in identities.words:
        yield _Sought(Tells.PERSON, word, _joined(word), capital=True)
    for address in identities.addresses:
        name, _, host = address.partition("@")
        for at, dot in (("", ""), ("at", ""), ("at", "dot")):
            joined = _joined(name) + at + _joined(host.replace(".", f" {dot} "))
            yield _Sought(Tells.ADDRESS, address, joined, capital=False)
    for domain in identities.domains:
        for dot in ("", "dot"):
            yield _Sought(Tells.DOMAIN, domain, _joined(domain.replace(".", f" {dot} ")), capital=False)
    for organisation in identities.organisations:
        every = folded(organisation).split()
        without_article = [word for word in every if word != "the"]
        after_article = every[1:] if every[:1] == ["the"] else every
        for words in (every, after_article, without_article):
            if without_article:
                yield _Sought(Tells.ORGANISATION, organisation, "".join(words), capital=len(words) == 1)


def _joined(text: str) -> str:
    return "".join(WORD.findall(without_marks(text)))


def _excerpt(text: str, start: int, end: int) -> str:
    before, after = max(start - AROUND, 0), min(end + AROUND, len(text))
    words = " ".join(text[before:after].split())
    return f"{'…' if before else ''}{words}{'…' if after < len(text) else ''}"
