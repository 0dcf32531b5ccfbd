"""Tests of who judges what: a pure function, so tried on many dealings."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment import assign

EXAMPLES = 40
"""A dealing is a linear programme, so fewer are tried than of other things."""


@dataclass(frozen=True)
class Dealing:
    entries: tuple[str, ...]
    judges: tuple[str, ...]
    per_entry: int
    conflicts: frozenset[tuple[str, str]]
    seed: int


@st.composite
def dealings(draw: st.DrawFn, *, conflicts: bool = True) -> Dealing:
    entries = tuple(f"CODE-{number}" for number in range(draw(st.integers(1, 12))))
    judges = tuple(f"judge {number}" for number in range(draw(st.integers(1, 6))))
    pairs = st.tuples(st.sampled_from(judges), st.sampled_from(entries))
    return Dealing(
        entries,
        judges,
        draw(st.integers(1, len(judges))),
        draw(st.frozensets(pairs, max_size=10)) if conflicts else frozenset(),
        draw(st.integers(0, 2**31 - 1)),
    )


@settings(max_examples=EXAMPLES)
@given(dealings())
def test_nobody_is_dealt_an_entry_of_a_conflict_and_what_lacks_a_judge_is_named(dealing: Dealing) -> None:
    plan = assign(dealing.entries, dealing.judges, dealing.per_entry, conflicts=dealing.conflicts, seed=dealing.seed)

    assert {(judge, entry) for entry, judge in plan.pairs} & dealing.conflicts == set()
    assert len(set(plan.pairs)) == len(plan.pairs)
    dealt = {entry: sum(other == entry for other, _ in plan.pairs) for entry in dealing.entries}
    free = {entry: sum((judge, entry) not in dealing.conflicts for judge in dealing.judges) for entry in dealt}
    assert dealt == {entry: min(dealing.per_entry, free[entry]) for entry in dealing.entries}
    assert plan.short == {
        entry: dealing.per_entry - number for entry, number in dealt.items() if number < dealing.per_entry
    }


@settings(max_examples=EXAMPLES)
@given(dealings(conflicts=False))
def test_without_conflicts_no_judge_gets_more_than_one_entry_more_than_another(dealing: Dealing) -> None:
    plan = assign(dealing.entries, dealing.judges, dealing.per_entry, seed=dealing.seed)

    assert sum(plan.loads.values()) == len(dealing.entries) * dealing.per_entry
    assert max(plan.loads.values()) - min(plan.loads.values()) <= 1


@settings(max_examples=EXAMPLES)
@given(dealings())
def test_the_same_seed_deals_the_same_again(dealing: Dealing) -> None:
    again = [
        assign(dealing.entries, dealing.judges, dealing.per_entry, conflicts=dealing.conflicts, seed=dealing.seed)
        for _ in range(2)
    ]

    assert again[0] == again[1]


def test_another_seed_deals_otherwise() -> None:
    entries, judges = [f"CODE-{number}" for number in range(30)], [f"judge {number}" for number in range(6)]

    assert len({assign(entries, judges, 3, seed=seed).pairs for seed in range(5)}) == 5


def test_a_judge_takes_no_more_than_agreed() -> None:
    entries, judges = [f"CODE-{number}" for number in range(10)], ["a", "b", "c"]

    plan = assign(entries, judges, 2, loads={"a": 3}, seed=1)

    assert plan.loads["a"] == 3
    assert plan.short == {}


def test_judges_who_share_no_entry_leave_groups_that_cannot_be_compared() -> None:
    apart = {("a", "two"), ("b", "one")}

    assert assign(["one", "two"], ["a", "b"], 1, conflicts=apart).components == 2
    assert assign(["one", "two"], ["a", "b"], 2).components == 1


def test_an_entry_without_any_judge_is_short_of_all_scorecards() -> None:
    plan = assign(["one", "two"], ["a"], 1, conflicts={("a", "one")})

    assert plan.short == {"one": 1}


@pytest.mark.parametrize(("entries", "per_entry"), [(["one", "one"], 1), (["one"], 0)])
def test_a_dealing_that_makes_no_sense_is_refused(entries: list[str], per_entry: int) -> None:
    with pytest.raises(ValueError, match=r"twice|at least one"):
        assign(entries, ["a"], per_entry)
