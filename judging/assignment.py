"""Who judges what: a pure function of entries, judges, limits, conflicts, preferences and a seed."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from judging.dealing import Booleans, Demand, Floats, Integers
    from judging.linking import Rules

SMALL = 3_000
"""Pairs up to which a dealing that could not be mended is sought in whole numbers."""
BORDERS = 40
"""How many groups that appear meanwhile are forbidden one after the other."""
EFFORT = 2e9
"""Divided by the cube of the judges it gives the rounds spent on linkage, between the next two."""
ROUNDS = (4, 60)


@dataclass(frozen=True)
class Quotas:
    """How many judges of a type an entry needs at least.

    ``types`` gives each judge's type as text, or several as a collection of texts; a judge who is not named has none.
    With one type a judge the dealing stays a flow; otherwise it is solved in whole numbers, and ``Plan.gap`` says how
    far it may be from the best.
    """

    types: Mapping[Any, str | Collection[str]]
    least: Mapping[str, int]


@dataclass(frozen=True)
class Linking:
    """What it cost to join groups that shared nothing.

    ``moved`` scorecards went to another judge than the programme said; ``preference`` is the sum of preferences lost
    (less than 0 where scorecards are short and other entries now lack them); ``balance`` is half the rise of the sum of
    squared loads: 0 when loads stayed as even as they were.
    """

    moved: int = 0
    preference: float = 0.0
    balance: int = 0


@dataclass(frozen=True)
class Plan:
    """A dealing of entries to judges.

    ``pairs`` are (entry, judge), those that existed before included; ``loads`` count entries a judge; ``short`` says
    how many scorecards an entry lacks, for those that lack any, and ``types_short`` how many judges of a type;
    ``reasons`` say in sentences which constraint is short, and by how much. ``components`` is the number of groups of
    entries and judges that share nothing: more than one means that scores cannot be compared across them. ``linkage``
    tells how well the judges can be compared: 1 is a balanced design of the same size, 0 means groups that share
    nothing, None fewer than two judges. ``preference`` is the sum over pairs, ``linking`` what joining groups has cost,
    and ``gap`` the programme's distance from the best, as a share, where it was solved in whole numbers.
    """

    pairs: tuple[tuple[Any, Any], ...]
    loads: Mapping[Any, int]
    short: Mapping[Any, int]
    components: int
    seed: int
    reasons: tuple[str, ...] = ()
    types_short: Mapping[tuple[Any, str], int] = field(default_factory=dict)
    linkage: float | None = None
    preference: float = 0.0
    linking: Linking = Linking()
    gap: float = 0.0


def assign(
    entries: Sequence[Hashable],
    judges: Sequence[Hashable],
    per_entry: int,
    *,
    loads: Mapping[Any, int] | None = None,
    conflicts: Collection[tuple[Any, Any]] = frozenset(),
    expertise: Mapping[tuple[Any, Any], float] | None = None,
    existing: Collection[tuple[Any, Any]] = frozenset(),
    quotas: Quotas | None = None,
    seed: int = 0,
) -> Plan:
    """Deal each entry to ``per_entry`` judges at random, in no conflict, in equal loads and linked.

    In this order: as many scorecards as can be; the quotas; loads within one of each other, or as equal as limits and
    conflicts allow; all entries and judges linked; preferences; linkage. A linear programme settles all but linking
    (``judging.dealing``). Groups that share nothing are then joined by exchanges (``judging.linking``), as far as there
    are scorecards enough to link every judge who has any, which takes one fewer than entries and judges together; at
    last, exchanges that cost nothing raise the linkage.

    What cannot be met is no error: the plan says what is short, and why.

    Parameters
    ----------
    loads : the most entries a judge takes; none for judges who are not named.
    conflicts : pairs (judge, entry) that must not meet. Those of others are ignored.
    expertise : (judge, entry) to a preference from 0 to 1, 0 where nothing is said. Those of others are ignored.
    existing : pairs (entry, judge) that stay, whatever else holds; they count.
    seed : the same inputs in the same order and the same seed give the same plan.

    Raises
    ------
    ValueError : ``per_entry`` is not positive, an id stands twice, an unknown judge or entry is named in ``loads`` or
        ``existing``, a limit or quota is negative, a preference is outside 0 to 1, quotas need more than
        ``per_entry`` judges, or the seed is negative.
    """
    _must_make_sense(entries, judges, per_entry, loads or {}, expertise or {}, existing, quotas, seed)
    import numpy as np  # with SciPy .3 s, and wanted here alone

    from judging.linking import groups, tighten
    from judging.shortfalls import why_short, why_types_short
    from judging.statistics.linkage import linkage
    from judging.statistics.ratings import Panel

    of_entry = {entry: place for place, entry in enumerate(entries)}
    of_judge = {judge: place for place, judge in enumerate(judges)}
    before = sorted({(of_entry[entry], of_judge[judge]) for entry, judge in existing})
    barred = [(of_entry[e], of_judge[j]) for j, e in conflicts if e in of_entry and j in of_judge]
    demand, fixed = _demand(entries, judges, per_entry, loads or {}, before, barred, quotas)
    for (judge, entry), weight in (expertise or {}).items():
        if entry in of_entry and judge in of_judge:
            demand.preference[of_entry[entry], of_judge[judge]] = weight
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    entry, judge, gap = _dealt(demand, fixed, random)
    entry, judge, linking, unlinkable = _linked(demand, fixed, entry, judge, random)
    rounds = int(min(max(EFFORT / max(len(judges), 1) ** 3, ROUNDS[0]), ROUNDS[1]))
    judge = tighten(entry, judge, _rules(demand, fixed, entry, judge), random, rounds)
    counts = np.bincount(entry, minlength=len(entries))
    lacks = np.maximum(per_entry - counts, 0)
    together = groups(entry, judge, len(entries), len(judges))[0]
    types_short = _types_short(entry, judge, entries, judges, quotas)
    return Plan(
        tuple(
            sorted(
                ((entries[e], judges[j]) for e, j in zip(entry.tolist(), judge.tolist(), strict=True)),
                key=lambda pair: (str(pair[0]), str(pair[1])),
            )
        ),
        dict(zip(judges, np.bincount(judge, minlength=len(judges)).tolist(), strict=True)),
        {one: lack for one, lack in zip(entries, lacks.tolist(), strict=True) if lack},
        together + int((counts == 0).sum()),
        seed,
        (
            *why_short(entries, judges, per_entry, demand, fixed, entry, judge, lacks),
            *why_types_short(types_short),
            *unlinkable,
        ),
        types_short,
        linkage(Panel(entry, judge, np.zeros(len(entry)), len(entries), len(judges))) if together < 2 else 0.0,
        float(demand.preference[entry, judge].sum()),
        linking,
        gap,
    )


def assign_as_wished(
    entries: Sequence[Hashable],
    judges: Sequence[Hashable],
    per_entry: int,
    *,
    wishes: Mapping[Any, int],
    loads: Mapping[Any, int] | None = None,
    existing: Collection[tuple[Any, Any]] = frozenset(),
    **more: Any,
) -> Plan:
    """Deal as ``assign`` does, to nobody more than they wish; only what is then short goes beyond wishes.

    It does so by as little as can be, and about evenly: ``Plan.loads`` tells for whom. ``wishes`` are the most entries
    that judges wish to take, ``loads`` limits that hold; ``more`` is what ``assign`` takes besides.

    Raises
    ------
    ValueError : as ``assign``.
    """
    hard = loads or {}
    soft = {judge: wish for judge, wish in wishes.items() if judge not in hard}
    plan = assign(entries, judges, per_entry, loads={**soft, **hard}, existing=existing, **more)
    beyond = 1
    while plan.short and soft and beyond < 2 * len(entries):
        stretched = {judge: wish + beyond for judge, wish in soft.items()}
        plan = assign(entries, judges, per_entry, loads={**stretched, **hard}, existing=plan.pairs, **more)
        beyond += max(beyond // 4, 1)
    return plan


def linked_groups(entries: Sequence[Any], judges: Sequence[Any], pairs: Sequence[tuple[Any, Any]]) -> int:
    """How many groups of entries that judges link there are; judges without an entry do not count."""
    parent: dict[Any, Any] = {("entry", entry): ("entry", entry) for entry in entries}
    parent.update({("judge", judge): ("judge", judge) for judge in judges})

    def root(node: Any) -> Any:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for entry, judge in pairs:
        parent[root(("entry", entry))] = root(("judge", judge))
    return len({root(("entry", entry)) for entry in entries})


def _must_make_sense(
    entries: Sequence[Hashable],
    judges: Sequence[Hashable],
    per_entry: int,
    loads: Mapping[Any, int],
    expertise: Mapping[tuple[Any, Any], float],
    existing: Collection[tuple[Any, Any]],
    quotas: Quotas | None,
    seed: int,
) -> None:
    known_entries, known_judges = set(entries), set(judges)
    if per_entry < 1:
        raise ValueError("an entry needs at least one judge")
    if seed < 0:
        raise ValueError("a seed is a whole number from 0 up")
    if len(known_entries) != len(entries) or len(known_judges) != len(judges):
        raise ValueError("an entry or a judge stands in the list twice")
    for judge, most in loads.items():
        if judge not in known_judges:
            raise ValueError(f"a limit is given for {judge}, who is not among the judges")
        if most < 0:
            raise ValueError(f"the limit of {judge} is {most}; it must be 0 or more")
    for entry, judge in existing:
        if entry not in known_entries or judge not in known_judges:
            raise ValueError(f"{entry} is already with {judge}, but one of them is not in the lists")
    for (judge, entry), weight in expertise.items():
        if not 0 <= weight <= 1:
            raise ValueError(f"the preference of {judge} for {entry} is {weight}; it must be from 0 to 1")
    if quotas is not None:
        if any(least < 0 for least in quotas.least.values()):
            raise ValueError("a quota must be 0 or more")
        one_type = all(len(_types_of(quotas, judge)) <= 1 for judge in quotas.types)
        if max(quotas.least.values(), default=0) > per_entry or (one_type and sum(quotas.least.values()) > per_entry):
            raise ValueError(f"the quotas need more than the {per_entry} judges of an entry")


def _types_of(quotas: Quotas, judge: Any) -> frozenset[str]:
    types = quotas.types.get(judge, ())
    return frozenset([types] if isinstance(types, str) else types)


def _demand(
    entries: Sequence[Any],
    judges: Sequence[Any],
    per_entry: int,
    loads: Mapping[Any, int],
    before: Sequence[tuple[int, int]],
    barred: Sequence[tuple[int, int]],
    quotas: Quotas | None,
) -> tuple[Demand, Booleans]:
    """What is left to deal, and the pairs that stay as a mask."""
    import numpy as np

    from judging.dealing import Demand

    shape = (len(entries), len(judges))
    fixed = np.zeros(shape, dtype=bool)
    free = np.ones(shape, dtype=bool)
    fixed[tuple(np.array(before, dtype=int).reshape(-1, 2).T)] = True
    free[tuple(np.array(barred, dtype=int).reshape(-1, 2).T)] = False
    had = fixed.sum(axis=0)
    limit = np.maximum([loads.get(judge, len(entries)) for judge in judges], had).astype(np.intp)
    kinds = list(quotas.least) if quotas else []
    of_judge = [_types_of(quotas, judge) if quotas else frozenset() for judge in judges]
    types = np.array([[kind in own for kind in kinds] for own in of_judge], dtype=bool).reshape(len(judges), len(kinds))
    least = np.array([quotas.least[kind] for kind in kinds] if quotas else [], dtype=np.intp)
    demand = Demand(
        np.maximum(per_entry - fixed.sum(axis=1), 0),
        had,
        limit,
        free & ~fixed,
        np.zeros(shape),
        types,
        np.maximum(least - fixed.astype(np.intp) @ types.astype(np.intp), 0),
    )
    return demand, fixed


def _dealt(demand: Demand, fixed: Booleans, random: Any) -> tuple[Integers, Integers, float]:
    """Scorecards that stay and those that the programme deals."""
    import numpy as np

    from judging.dealing import deal

    stay = np.nonzero(fixed)
    if not demand.wanted.any() or not demand.free.any():
        return stay[0], stay[1], 0.0
    dealt = deal(demand, random)
    return np.concatenate([stay[0], dealt.entry]), np.concatenate([stay[1], dealt.judge]), dealt.gap


def _rules(demand: Demand, fixed: Booleans, entry: Integers, judge: Integers) -> Rules:
    import numpy as np

    from judging.linking import Rules

    _, kind = np.unique(demand.types, axis=0, return_inverse=True) if demand.types.size else (None, demand.had * 0)
    return Rules(demand.free, demand.preference, demand.limit, kind.reshape(-1).astype(np.intp), fixed[entry, judge])


def _linked(
    demand: Demand, fixed: Booleans, entry: Integers, judge: Integers, random: Any
) -> tuple[Integers, Integers, Linking, tuple[str, ...]]:
    """The scorecards with groups joined as far as can be, what that cost, and why it could not be."""
    import numpy as np

    from judging.linking import groups, mend
    from storage.values import counted

    entries, judges = fixed.shape
    count, _ = groups(entry, judge, entries, judges)
    if count <= 1:
        return entry, judge, Linking(), ()
    met_entries, met_judges = len(np.unique(entry)), len(np.unique(judge))
    needed = met_entries + met_judges - 1
    rules = _rules(demand, fixed, entry, judge)
    mended = entry, mend(entry, judge, rules, random)
    enough = len(entry) >= needed
    proved = False
    if enough and groups(*mended, entries, judges)[0] > 1 and demand.free.size <= SMALL:
        sought, proved = _sought(demand, fixed, mended, random)
        mended = sought or mended
    if enough and groups(*mended, entries, judges)[0] > 1:
        mended = entry, mend(*mended, rules, random, at_any_load=True)
    left = groups(*mended, entries, judges)[0]
    if left == 1:
        reasons: tuple[str, ...] = ()
    elif not enough:
        reasons = (
            f"{counted(len(entry), 'scorecard')} cannot link {counted(met_entries, 'entry', 'entries')} and "
            f"{counted(met_judges, 'judge')}: that takes {needed}, {needed - len(entry)} more.",
        )
    elif proved:
        reasons = ("Conflicts, limits and existing assignments leave no plan in which all judges are linked.",)
    else:
        reasons = (f"No plan was found in which all judges are linked: {left} groups share nothing.",)
    return *mended, _cost(demand, fixed.shape, (entry, judge), mended), reasons


def _sought(
    demand: Demand, fixed: Booleans, dealt: tuple[Integers, Integers], random: Any
) -> tuple[tuple[Integers, Integers] | None, bool]:
    """A linked dealing with no scorecard fewer, or None and whether it is certain that there is none.

    Each group that a solution leaves is forbidden in the next: a pair must cross its border.
    """
    import numpy as np

    from judging.dealing import deal_linked
    from judging.linking import groups

    stay, apart, found = np.nonzero(fixed), [], dealt
    for _ in range(BORDERS):
        count, group = groups(*found, *fixed.shape)
        if count == 1:
            return found, False
        for one in range(count):
            entries, judges = np.zeros(fixed.shape[0], dtype=bool), np.zeros(fixed.shape[1], dtype=bool)
            entries[found[0][group == one]] = True
            judges[found[1][group == one]] = True
            apart.append((entries, judges))
        solved = deal_linked(demand, random, apart)
        if len(solved.entry) + len(stay[0]) < len(dealt[0]):
            return None, solved.certain
        found = np.concatenate([stay[0], solved.entry]), np.concatenate([stay[1], solved.judge])
    return None, False


def _cost(
    demand: Demand, shape: tuple[int, ...], old: tuple[Integers, Integers], new: tuple[Integers, Integers]
) -> Linking:
    import numpy as np

    was, now = (set(zip(entry.tolist(), judge.tolist(), strict=True)) for entry, judge in (old, new))
    squares = [int((np.bincount(judge, minlength=shape[1]) ** 2).sum()) for _, judge in (old, new)]
    liked: Floats = demand.preference
    return Linking(len(now - was), float(liked[old].sum() - liked[new].sum()), (squares[1] - squares[0]) // 2)


def _types_short(
    entry: Integers, judge: Integers, entries: Sequence[Any], judges: Sequence[Any], quotas: Quotas | None
) -> dict[tuple[Any, str], int]:
    import numpy as np

    short: dict[tuple[Any, str], int] = {}
    for kind, least in quotas.least.items() if quotas else ():
        assert quotas is not None
        own = np.array([kind in _types_of(quotas, one) for one in judges], dtype=bool)
        lacks = least - np.bincount(entry[own[judge]], minlength=len(entries))
        short.update({(one, kind): lack for one, lack in zip(entries, lacks.tolist(), strict=True) if lack > 0})
    return short
