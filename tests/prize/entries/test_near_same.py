"""Tests of which texts are nearly the same."""

from __future__ import annotations

import random

import pytest

from prize.entries.near_same import NEAR, RUN, SHORTEST, TOGETHER, near_same

WORDS = tuple(f"word{number}" for number in range(5_000))


def text_of(seed: int, length: int = 120) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def test_a_text_with_a_word_in_twenty_changed_is_nearly_the_same_and_others_are_not() -> None:
    own, other = text_of(1), text_of(2)
    changed = list(own)
    for at in range(10, 120, 20):
        changed[at] = "else"

    [found] = near_same([" ".join(one) for one in (other, own, changed)])

    assert (found.one, found.other) == (1, 2)
    assert found.share == pytest.approx(_share(" ".join(own), " ".join(changed)))


def test_capitals_and_signs_make_no_difference() -> None:
    own = text_of(3)

    [found] = near_same([" ".join(own), ", ".join(own).upper() + "."])

    assert found.share == 1


def test_a_short_text_is_compared_with_no_other() -> None:
    short = " ".join(text_of(4, SHORTEST - 1))

    assert near_same([short, short]) == ()


def test_of_many_texts_that_are_the_same_each_is_paired_with_the_first() -> None:
    own = " ".join(text_of(5))

    few, many = near_same([own] * TOGETHER), near_same([own] * (TOGETHER + 1))

    assert len(few) == TOGETHER * (TOGETHER - 1) / 2
    assert [(pair.one, pair.other) for pair in many] == [(0, other) for other in range(1, TOGETHER + 1)]


def test_of_two_hundred_pairs_on_both_sides_of_the_border_each_that_shares_enough_is_found() -> None:
    texts = []
    for seed in range(200):
        own = text_of(seed, 300)
        changed = list(own)
        for at in random.Random(seed).sample(range(300), random.Random(-seed).randrange(10, 26)):
            changed[at] = f"other{at}"
        texts += [" ".join(own), " ".join(changed)]

    found = {(pair.one, pair.other) for pair in near_same(texts)}

    alike = {(at, at + 1) for at in range(0, 400, 2) if _share(texts[at], texts[at + 1]) >= NEAR}
    assert 100 < len(alike) < 200
    assert found == alike


def _share(one: str, other: str) -> float:
    runs, others = (
        {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)} for words in (one.split(), other.split())
    )
    return len(runs & others) / len(runs | others)


def test_what_is_written_but_not_seen_hides_no_copy() -> None:
    own = text_of(6)
    hidden = [f"{word[:2]}\u200b\u00ad{word[2:]}\ufeff" for word in own]

    [found] = near_same([" ".join(own), " ".join(hidden)])

    assert found.share == 1
