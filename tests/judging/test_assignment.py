"""Tests of who judges what: a pure function, so tried on many dealings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import maximum_flow

from judging.assignment import Linking, Plan, Quotas, assign, assign_as_wished, linked_groups
from judging.statistics.linkage import linkage
from judging.statistics.ratings import Panel

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


@dataclass(frozen=True)
class Small(Dealing):
    """So small that every dealing can be tried."""

    loads: dict[str, int] = field(default_factory=dict)
    expertise: dict[tuple[str, str], float] = field(default_factory=dict)

    def plan(self) -> Plan:
        return assign(
            self.entries,
            self.judges,
            self.per_entry,
            loads=self.loads,
            conflicts=self.conflicts,
            expertise=self.expertise,
            seed=self.seed,
        )

    def complete(self) -> Iterator[list[tuple[str, str]]]:
        """Every dealing in which all entries have their scorecards and all limits hold."""
        offers = [
            [few for few in combinations(self.judges, self.per_entry) if not any((j, e) in self.conflicts for j in few)]
            for e in self.entries
        ]
        for chosen in product(*offers):
            pairs = [(entry, judge) for entry, few in zip(self.entries, chosen, strict=True) for judge in few]
            if all(count <= self.loads.get(judge, count) for judge, count in counted(self.judges, pairs).items()):
                yield pairs


def counted(judges: tuple[str, ...], pairs: list[tuple[str, str]]) -> dict[str, int]:
    return {judge: sum(other == judge for _, other in pairs) for judge in judges}


def falling(loads: dict[str, int]) -> list[int]:
    return sorted(loads.values(), reverse=True)


@st.composite
def small_dealings(draw: st.DrawFn) -> Small:
    entries = tuple(f"CODE-{number}" for number in range(draw(st.integers(2, 5))))
    judges = tuple(f"judge {number}" for number in range(draw(st.integers(2, 5))))
    pairs = st.tuples(st.sampled_from(judges), st.sampled_from(entries))
    half = len(entries) // 2, len(judges) // 2
    camps = {(j, e) for a, e in enumerate(entries) for b, j in enumerate(judges) if (a < half[0]) != (b < half[1])}
    conflicts = draw(st.frozensets(pairs, max_size=8) | st.sets(pairs, max_size=2).map(lambda few: camps - few))
    return Small(
        entries,
        judges,
        draw(st.integers(1, min(3, len(judges)))),
        frozenset(conflicts),
        draw(st.integers(0, 2**31 - 1)),
        draw(st.dictionaries(st.sampled_from(judges), st.integers(1, len(entries)), max_size=2)),
        draw(st.dictionaries(pairs, st.floats(0, 1), max_size=12)),
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


@settings(max_examples=2 * EXAMPLES)
@given(small_dealings())
def test_loads_are_as_equal_as_in_the_most_equal_of_all_dealings(dealing: Small) -> None:
    plan = dealing.plan()

    possible = [falling(counted(dealing.judges, pairs)) for pairs in dealing.complete()]
    assert bool(possible) == (plan.short == {})
    if possible:
        assert falling(dict(plan.loads)) == min(possible) or plan.linking.balance > 0


@settings(max_examples=2 * EXAMPLES)
@given(small_dealings())
def test_all_are_linked_where_scorecards_suffice_and_any_dealing_links_them(dealing: Small) -> None:
    plan = dealing.plan()

    linked = [
        falling(counted(dealing.judges, pairs))
        for pairs in dealing.complete()
        if linked_groups(dealing.entries, dealing.judges, pairs) == 1
    ]
    busy = sum(load > 0 for load in plan.loads.values())
    assert plan.components == linked_groups(dealing.entries, dealing.judges, plan.pairs)
    if linked and len(plan.pairs) >= len(dealing.entries) + busy - 1:
        assert plan.components == 1
    assert (plan.components > 1) == any("link" in reason for reason in plan.reasons) or plan.short


@settings(max_examples=EXAMPLES)
@given(small_dealings())
def test_what_is_short_adds_up_and_has_a_reason(dealing: Small) -> None:
    plan = dealing.plan()

    assert sum(plan.short.values()) + len(plan.pairs) == len(dealing.entries) * dealing.per_entry
    assert all(load <= dealing.loads.get(judge, len(dealing.entries)) for judge, load in plan.loads.items())
    assert {(judge, entry) for entry, judge in plan.pairs} & dealing.conflicts == set()
    assert bool(plan.short) == any("link" not in reason for reason in plan.reasons)


@settings(max_examples=EXAMPLES)
@given(dealings(), st.data())
def test_no_dealing_places_more_scorecards(dealing: Dealing, data: st.DataObject) -> None:
    limit = st.integers(0, len(dealing.entries))
    loads = {judge: data.draw(limit) for judge in dealing.judges}

    plan = assign(
        dealing.entries, dealing.judges, dealing.per_entry, loads=loads, conflicts=dealing.conflicts, seed=dealing.seed
    )

    source, sink = 0, 1 + len(dealing.entries) + len(dealing.judges)
    node = {name: place for place, name in enumerate((*dealing.entries, *dealing.judges), 1)}
    capacity = sparse.lil_array((sink + 1, sink + 1), dtype=np.int32)
    for entry in dealing.entries:
        capacity[source, node[entry]] = dealing.per_entry
        for judge in dealing.judges:
            capacity[node[entry], node[judge]] = (judge, entry) not in dealing.conflicts
    for judge in dealing.judges:
        capacity[node[judge], sink] = loads[judge]
    assert len(plan.pairs) == maximum_flow(capacity.tocsr(), source, sink).flow_value


@settings(max_examples=EXAMPLES)
@given(dealings(), st.data())
def test_what_exists_stays_and_counts(dealing: Dealing, data: st.DataObject) -> None:
    pair = st.tuples(st.sampled_from(dealing.entries), st.sampled_from(dealing.judges))
    existing = data.draw(st.frozensets(pair, max_size=8))

    plan = assign(
        dealing.entries,
        dealing.judges,
        dealing.per_entry,
        loads={dealing.judges[0]: 1},
        conflicts=dealing.conflicts,
        existing=existing,
        seed=dealing.seed,
    )

    assert existing <= set(plan.pairs)
    assert {(judge, entry) for entry, judge in set(plan.pairs) - existing} & dealing.conflicts == set()
    had = sum(judge == dealing.judges[0] for _, judge in existing)
    assert plan.loads[dealing.judges[0]] <= max(1, had)
    for entry in dealing.entries:
        before = sum(other == entry for other, _ in existing)
        assert sum(other == entry for other, _ in plan.pairs) <= max(before, dealing.per_entry)


@settings(max_examples=EXAMPLES)
@given(small_dealings())
def test_other_names_in_the_same_order_change_nothing_but_names(dealing: Small) -> None:
    other = {name: f"other {place}" for place, name in enumerate((*dealing.entries, *dealing.judges))}

    renamed = Small(
        tuple(other[entry] for entry in dealing.entries),
        tuple(other[judge] for judge in dealing.judges),
        dealing.per_entry,
        frozenset((other[judge], other[entry]) for judge, entry in dealing.conflicts),
        dealing.seed,
        {other[judge]: most for judge, most in dealing.loads.items()},
        {(other[judge], other[entry]): weight for (judge, entry), weight in dealing.expertise.items()},
    )

    assert dealing.plan() == dealing.plan()
    assert set(renamed.plan().pairs) == {(other[entry], other[judge]) for entry, judge in dealing.plan().pairs}


def names(entries: int, judges: int) -> tuple[list[str], list[str]]:
    return [f"CODE-{number}" for number in range(entries)], [f"judge {number}" for number in range(judges)]


def test_one_who_had_more_before_gets_fewer_now() -> None:
    entries, judges = names(12, 4)
    existing = {(entry, judges[0]) for entry in entries[:6]}

    plan = assign(entries, judges, 2, existing=existing, seed=3)

    assert plan.loads == dict.fromkeys(judges, 6)


def test_preferences_are_followed_as_far_as_an_optimal_matching() -> None:
    entries, judges = names(20, 20)
    weights = np.random.default_rng(5).random((20, 20))
    expertise = {(judges[j], entries[i]): float(weights[i, j]) for i in range(20) for j in range(20)}

    plan = assign(entries, judges, 1, loads=dict.fromkeys(judges, 1), expertise=expertise)

    best = weights[linear_sum_assignment(weights, maximize=True)].sum()
    assert plan.preference == pytest.approx(best, abs=0.2)  # a hundredth of a preference each is left to luck
    assert plan.preference == pytest.approx(sum(expertise[judge, entry] for entry, judge in plan.pairs))


def test_preferences_never_make_loads_less_equal() -> None:
    entries, judges = names(30, 6)

    plan = assign(entries, judges, 2, expertise={(judges[0], entry): 1.0 for entry in entries}, seed=2)

    assert plan.loads == dict.fromkeys(judges, 10)
    assert plan.preference == 10


def test_camps_of_preference_are_linked_and_the_plan_says_what_that_cost() -> None:
    entries, judges = names(12, 6)
    expertise = {
        (judge, entry): 1.0 for a, entry in enumerate(entries) for b, judge in enumerate(judges) if a // 4 == b // 2
    }

    plan = assign(entries, judges, 2, expertise=expertise, seed=1)

    assert plan.components == 1
    assert plan.linking == Linking(moved=3, preference=pytest.approx(3.0), balance=0)
    assert plan.preference == 21
    assert plan.loads == dict.fromkeys(judges, 4)


def test_where_only_unequal_loads_link_all_the_plan_says_so() -> None:
    entries, judges = names(8, 4)
    apart = {(judge, entry) for a, entry in enumerate(entries) for b, judge in enumerate(judges) if a // 4 != b // 2}
    bridge = (judges[0], entries[7])

    plan = assign(entries, judges, 2, conflicts=apart - {bridge}, seed=1)

    assert plan.components == 1
    assert plan.linking.balance == 1
    assert sorted(plan.loads.values()) == [3, 4, 4, 5]


def test_camps_of_conflicts_that_nothing_can_link_are_told() -> None:
    entries, judges = names(8, 4)
    apart = {(judge, entry) for a, entry in enumerate(entries) for b, judge in enumerate(judges) if a // 4 != b // 2}

    plan = assign(entries, judges, 2, conflicts=apart)

    assert plan.components == 2
    assert plan.linkage == 0
    assert plan.reasons == ("Conflicts, limits and existing assignments leave no plan in which all judges are linked.",)


def test_too_few_scorecards_to_link_all_are_counted() -> None:
    plan = assign(*names(6, 3), 1)

    assert plan.components == 3
    assert plan.reasons == ("6 scorecards cannot link 6 entries and 3 judges: that takes 8, 2 more.",)


def test_linkage_is_that_of_the_statistics() -> None:
    for seed, (n, m, k) in enumerate([(60, 12, 3), (20, 10, 2), (300, 40, 3)]):
        entries, judges = names(n, m)
        plan = assign(entries, judges, k, expertise={(judge, entries[0]): 0.5 for judge in judges[:4]}, seed=seed)

        places = np.array([(entries.index(entry), judges.index(judge)) for entry, judge in plan.pairs])
        panel = Panel(places[:, 0], places[:, 1], np.zeros(len(places)), n, m)
        assert plan.linkage == pytest.approx(linkage(panel), abs=1e-9)


def test_a_chain_of_three_judges_has_a_linkage_of_three_quarters() -> None:
    chain = {("one", "a"), ("one", "b"), ("two", "b"), ("two", "c")}

    assert assign(["one", "two"], ["a", "b", "c"], 2, existing=chain).linkage == pytest.approx(0.75)
    assert assign(["one", "two"], ["a"], 1).linkage is None


def test_judges_are_linked_more_firmly_than_by_dealing_to_who_has_fewest() -> None:
    n, m, k = 20, 10, 2
    plain, planned = [], []
    for seed in range(20):
        random, loads = np.random.default_rng(seed), np.zeros(m)
        dealt = []
        for entry in range(n):
            few = np.argsort(loads + random.random(m))[:k]
            loads[few] += 1
            dealt += [(entry, judge) for judge in few]
        places = np.array(dealt)
        plain.append(linkage(Panel(places[:, 0], places[:, 1], np.zeros(len(places)), n, m)) or 0.0)
        planned.append(assign(*names(n, m), k, seed=seed).linkage or 0.0)

    assert np.mean(planned) > np.mean(plain) + 0.1  # measured: .89 and .73
    assert min(planned) > 0.8


def test_linkage_costs_no_preference() -> None:
    entries, judges = names(12, 6)
    ring = {(judges[(a + b) % 6], entry): 1.0 for a, entry in enumerate(entries) for b in (0, 1)}

    plan = assign(entries, judges, 2, expertise=ring)

    assert {(judge, entry) for entry, judge in plan.pairs} == set(ring)


def test_a_quota_gives_every_entry_an_expert() -> None:
    entries, judges = names(30, 9)
    quotas = Quotas({judge: "expert" if place < 3 else "lay" for place, judge in enumerate(judges)}, {"expert": 1})

    plan = assign(entries, judges, 3, quotas=quotas, seed=4)

    experts = {entry for entry, judge in plan.pairs if judge in judges[:3]}
    assert experts == set(entries)
    assert sorted(plan.loads.values()) == [10] * 9
    assert (plan.types_short, plan.gap) == ({}, 0.0)


def test_a_judge_of_two_types_counts_for_both() -> None:
    entries, judges = names(4, 3)
    quotas = Quotas({judges[0]: {"law", "science"}, judges[1]: "law"}, {"law": 1, "science": 1})

    plan = assign(entries, judges, 1, quotas=Quotas(quotas.types, {"science": 1}))
    both = assign(entries, judges, 2, quotas=quotas, loads={judges[0]: 3}, seed=1)

    assert plan.loads == {judges[0]: 4, judges[1]: 0, judges[2]: 0}
    assert both.loads[judges[0]] == 3
    assert sum(both.types_short.values()) == 1
    assert [kind for _, kind in both.types_short] == ["science"]


def test_a_quota_that_cannot_be_met_leaves_no_scorecard_out_and_is_told() -> None:
    entries, judges = ["FENI-67", "GARO-12"], ["a", "b", "c"]

    plan = assign(entries, judges, 2, quotas=Quotas({"a": "expert"}, {"expert": 1}), conflicts={("a", "FENI-67")})

    assert plan.short == {}
    assert plan.types_short == {("FENI-67", "expert"): 1}
    assert plan.reasons == ("FENI-67 lacks 1 judge of type expert.",)


def test_wishes_are_kept_where_they_can_be() -> None:
    plan = assign_as_wished(*names(12, 4), 1, wishes={"judge 0": 1, "judge 1": 2})

    assert plan.loads["judge 0"] <= 1
    assert plan.loads["judge 1"] <= 2
    assert plan.short == {}


def test_wishes_that_cannot_be_kept_are_passed_by_as_few_entries_as_can_be_and_evenly() -> None:
    wishes = {"judge 0": 2, "judge 1": 5, "judge 2": 5}

    plan = assign_as_wished(*names(20, 4), 1, wishes=wishes, loads={"judge 3": 0})

    assert plan.short == {}
    beyond = {judge: plan.loads[judge] - wish for judge, wish in wishes.items()}
    assert (sum(beyond.values()), max(beyond.values()) - min(beyond.values())) == (8, 1)
    assert plan.loads["judge 3"] == 0


def test_what_conflicts_leave_short_stays_short_whatever_is_wished() -> None:
    plan = assign_as_wished(
        *names(3, 2), 1, wishes={"judge 0": 1, "judge 1": 1}, conflicts={("judge 0", "CODE-0"), ("judge 1", "CODE-0")}
    )

    assert plan.short == {"CODE-0": 1}
    assert plan.loads == {"judge 0": 1, "judge 1": 1}


def test_limits_that_add_up_to_too_little_are_told_with_numbers() -> None:
    entries, judges = names(14, 5)

    plan = assign(entries, judges, 3, loads=dict.fromkeys(judges, 6))

    assert sum(plan.short.values()) == 12
    assert set(plan.short.values()) == {1}
    assert plan.reasons == ("The judges' limits add up to 30 scorecards, 12 fewer than the 42 that are needed.",)


def test_conflicts_that_leave_an_entry_too_few_judges_are_told() -> None:
    entries, judges = ["FENI-67", "GARO-12"], [f"judge {number}" for number in range(12)]

    plan = assign(entries, judges, 3, conflicts={(judge, "FENI-67") for judge in judges[2:]})

    assert plan.short == {"FENI-67": 1}
    assert plan.reasons[0] == "FENI-67 has conflicts with 10 of 12 judges, so at most 2 can score it."


def test_limits_of_the_few_who_can_score_some_entries_are_told() -> None:
    conflicts = {(judge, entry) for judge in ("c", "d") for entry in ("one", "two", "three")}

    plan = assign(["one", "two", "three", "four"], list("abcd"), 2, loads={"a": 2, "b": 2}, conflicts=conflicts)

    assert sum(plan.short.values()) == 2
    assert plan.reasons[0] == (
        "The limits of a and b leave room for 4 scorecards, 2 fewer than the 6 that one, two and three need of them."
    )


def test_fewer_judges_than_an_entry_needs_are_told_once() -> None:
    plan = assign(["one", "two"], ["a", "b"], 3)

    assert plan.short == {"one": 1, "two": 1}
    assert plan.reasons == ("There are 2 judges, 1 fewer than the 3 that each entry needs.",)
    assert assign(["one"], [], 2).reasons == ("There are no judges.",)
    assert assign([], ["a"], 2) == Plan((), {"a": 0}, {}, 0, 0)


def test_a_large_dealing_starts_from_few_candidates_and_is_as_equal() -> None:
    entries, judges = names(1_500, 70)

    plan = assign(entries, judges, 3, seed=9)

    assert plan.short == {}
    assert set(plan.loads.values()) == {64, 65}
    assert plan.components == 1
    assert plan.linkage == pytest.approx(0.99, abs=0.01)


def test_a_large_dealing_finds_the_few_judges_that_conflicts_leave() -> None:
    entries, judges = names(400, 60)
    conflicts = {(judge, entry) for entry in entries[:40] for judge in judges[3:]}

    plan = assign(entries, judges, 3, conflicts=conflicts, seed=1)

    assert plan.short == {}
    assert {judge for entry, judge in plan.pairs if entry in entries[:40]} == set(judges[:3])
    assert set(plan.loads.values()) <= {18, 19, 20, 40, 41}
    assert plan.components == 1


@pytest.mark.prove
def test_ten_thousand_entries_are_dealt_to_five_hundred_judges() -> None:
    plan = assign(*names(10_000, 500), 5, seed=1)

    assert plan.loads == dict.fromkeys(plan.loads, 100)
    assert (plan.components, plan.short) == (1, {})


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"loads": {"nobody": 1}}, "a limit is given for nobody"),
        ({"loads": {"a": -1}}, "must be 0 or more"),
        ({"existing": {("one", "nobody")}}, "already with nobody"),
        ({"expertise": {("a", "one"): 1.5}}, "must be from 0 to 1"),
        ({"expertise": {("a", "one"): float("nan")}}, "must be from 0 to 1"),
        ({"quotas": Quotas({"a": "x", "b": "y"}, {"x": 1, "y": 2})}, "more than the 2 judges"),
        ({"quotas": Quotas({"a": "x"}, {"x": -1})}, "a quota must be 0 or more"),
        ({"seed": -1}, "a whole number from 0 up"),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_words(asked: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        assign(["one"], ["a", "b"], 2, **asked)  # type: ignore[arg-type]


def test_conflicts_and_preferences_of_others_are_ignored() -> None:
    plain = assign(["one"], ["a", "b"], 1)

    assert assign(["one"], ["a", "b"], 1, conflicts={("c", "one")}, expertise={("a", "two"): 1.0}).pairs == plain.pairs
