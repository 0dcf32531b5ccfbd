from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from judging.statistics.gwet import (
    OF_CATEGORIES,
    OF_DISTANCES,
    Coefficient,
    Kappa,
    Weight,
    kappas,
    kappas_of_totals,
    kappas_on_grid,
)
from judging.statistics.ratings import Floats, Integers

# One row an entry, one column a judge, None where a judge did not score. The answers are those of irrCAC 0.4.4 with
# pandas 2.3.3 and numpy 1.26.4 (oracles_agreement.py makes them): estimate and standard error.
SPARSE = [
    [1, 1, None, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [None, 5, 5, 5],
    [None, None, 1, 1],
    [None, None, 3, None],
]
OF_SPARSE = {
    ("gwet_ac", "identity"): (0.775444068127, 0.142949950641),
    ("fleiss_kappa", "identity"): (0.761169275422, 0.153019203469),
    ("conger_kappa", "identity"): (0.762817441303, 0.14916815248),
    ("brennan_prediger", "identity"): (0.772727272727, 0.144716619899),
    ("gwet_ac", "linear"): (0.858739136433, 0.117329021881),
    ("fleiss_kappa", "linear"): (0.817944767097, 0.148504355499),
    ("conger_kappa", "linear"): (0.813776319966, 0.145085402493),
    ("brennan_prediger", "linear"): (0.848484848485, 0.123356124494),
    ("gwet_ac", "quadratic"): (0.914000723552, 0.103962244645),
    ("fleiss_kappa", "quadratic"): (0.864935064935, 0.146033610757),
    ("conger_kappa", "quadratic"): (0.857710656223, 0.143670663829),
    ("brennan_prediger", "quadratic"): (0.901515151515, 0.110894374974),
    ("gwet_ac", "ordinal"): (0.898939769908, 0.106903523815),
    ("fleiss_kappa", "ordinal"): (0.850206189397, 0.147035693874),
    ("conger_kappa", "ordinal"): (0.843659525188, 0.144099959112),
    ("brennan_prediger", "ordinal"): (0.886363636364, 0.113905903978),
}
UNEVEN = [
    [1, 2, None],
    [2, None, 5],
    [5, 5, 1],
    [None, 1, 1],
    [2, 2, 2],
    [1, None, None],
    [5, 2, None],
]
OF_UNEVEN = {
    ("gwet_ac", "identity"): (0.093355761144, 0.306765782249),
    ("fleiss_kappa", "identity"): (0.062608695652, 0.280120486175),
    ("conger_kappa", "identity"): (0.098360655738, 0.257768389395),
    ("brennan_prediger", "identity"): (0.083333333333, 0.296585507001),
    ("gwet_ac", "linear"): (0.118121638395, 0.370177705018),
    ("fleiss_kappa", "linear"): (-0.025992779783, 0.213366223493),
    ("conger_kappa", "linear"): (0.013605442177, 0.225966729881),
    ("brennan_prediger", "linear"): (0.09375, 0.329074354144),
    ("gwet_ac", "quadratic"): (0.176444668261, 0.409679926184),
    ("fleiss_kappa", "quadratic"): (-0.008323699422, 0.18505237128),
    ("conger_kappa", "quadratic"): (0.01766004415, 0.230408917648),
    ("brennan_prediger", "quadratic"): (0.144230769231, 0.35618767261),
    ("gwet_ac", "ordinal"): (0.27716767743, 0.308241039436),
    ("fleiss_kappa", "ordinal"): (0.196721311475, 0.212271486445),
    ("conger_kappa", "ordinal"): (0.193548387097, 0.22131405061),
    ("brennan_prediger", "ordinal"): (0.25, 0.275882422621),
}

tables = st.integers(1, 4).flatmap(
    lambda judges: st.lists(
        st.lists(st.sampled_from([None, 1, 2, 5, 6]), min_size=judges, max_size=judges), min_size=1, max_size=7
    )
)


def arrays(table: list[list[float | None]]) -> tuple[Integers, Integers, Floats]:
    scores = np.array(table, dtype=float)
    entry, judge = np.nonzero(~np.isnan(scores))
    return entry, judge, scores[entry, judge]


def seen(table: list[list[float | None]]) -> dict[tuple[str, str], Kappa]:
    """All coefficients with the scores seen for categories."""
    entry, judge, score = arrays(table)
    categories, position = np.unique(score, return_inverse=True)
    return flat(kappas(entry, judge, position, categories))


def flat(found) -> dict[tuple[str, str], Kappa]:
    return {(one.value, by.value): kappa for one, row in found.of.items() for by, kappa in row.items()}


def by_tables(table: list[list[float | None]], categories: list[float]) -> dict[tuple[str, str], tuple[float, float]]:
    """Estimates and standard errors as the handbook writes them, with tables of entries, judges and categories."""
    scored = [[one for one in row if one is not None] for row in table]
    scored, kept = [row for row in scored if row], [row for row in table if any(one is not None for one in row)]
    judges = [g for g in range(len(table[0])) if any(row[g] is not None for row in kept)]
    q, n = len(categories), len(scored)
    place = {value: k for k, value in enumerate(categories)}
    r = np.array([[row.count(value) for value in categories] for row in scored], dtype=float)
    size = r.sum(axis=1)
    n2 = int((size >= 2).sum())
    c, k = np.array(categories, dtype=float), np.arange(q)
    far, steps = np.abs(c[:, None] - c), np.abs(k[:, None] - k)
    weights = {
        "identity": np.eye(q),
        "linear": 1 - far / (c[-1] - c[0]),
        "quadratic": 1 - far**2 / (c[-1] - c[0]) ** 2,
        "ordinal": 1 - steps * (steps + 1) / (q * (q - 1)),
    }
    found = {}
    for name, w in weights.items():
        pa_i = np.array(
            [(row * (w @ row - 1)).sum() / (m * (m - 1)) if m > 1 else 0 for row, m in zip(r, size, strict=True)]
        )
        p_a, share = pa_i.sum() / n2, r / size[:, None]
        pi, tw = share.mean(axis=0), w.sum()
        own = np.zeros((len(judges), q))
        given_by = np.zeros(len(judges))
        for position, g in enumerate(judges):
            given_by[position] = sum(row[g] is not None for row in kept)
            for row in kept:
                if row[g] is not None:
                    own[position, place[row[g]]] += 1 / given_by[position]
        chance = {
            "gwet_ac": (tw * (pi * (1 - pi)).sum() / (q * (q - 1)), tw / (q * (q - 1)) * share @ (1 - pi)),
            "fleiss_kappa": (pi @ w @ pi, share @ w @ pi),
            "brennan_prediger": (tw / q**2, np.full(n, tw / q**2)),
            "percent_agreement": (0.0, np.zeros(n)),
        }
        if len(judges) > 1:
            pairs = len(judges) * (len(judges) - 1)
            others = own.sum(axis=0) - own
            p_e = sum(own[g] @ w @ own[h] for g, h in itertools.permutations(range(len(judges)), 2)) / pairs
            pe_i = np.zeros(n)
            for i, row in enumerate(kept):
                pe_i[i] = sum(a @ w @ p for a, p in zip(others, own, strict=True))
                for position, g in enumerate(judges):
                    if row[g] is not None:
                        wa = w @ others[position]
                        pe_i[i] += n / given_by[position] * (wa[place[row[g]]] - others[position] @ w @ own[position])
            chance["conger_kappa"] = (p_e, pe_i / pairs)
        for coefficient, (p_e, pe_i) in chance.items():
            if p_e > 1 - 1e-12:
                continue
            kappa = (p_a - p_e) / (1 - p_e)
            kappa_i = (n / n2) * (pa_i - p_e * (size >= 2)) / (1 - p_e) - 2 * (1 - kappa) * (pe_i - p_e) / (1 - p_e)
            found[coefficient, name] = (kappa, (((kappa_i - kappa) ** 2).sum() / (n * (n - 1))) ** 0.5)
    return found


@pytest.mark.parametrize(("table", "answers"), [(SPARSE, OF_SPARSE), (UNEVEN, OF_UNEVEN)])
def test_estimates_and_errors_are_those_of_irrcac(table, answers):
    found = seen(table)
    assert {key: (found[key].estimate, found[key].se) for key in answers} == {
        key: pytest.approx(answer, abs=2e-12) for key, answer in answers.items()
    }


def test_the_interval_takes_students_t_and_ends_at_one():
    found = seen(UNEVEN)["conger_kappa", "identity"]
    assert (found.low, found.high) == pytest.approx(
        (-0.532375870517, 0.729097181992), abs=2e-9
    )  # irrCAC's t has 9 digits
    assert seen(SPARSE)["gwet_ac", "identity"].high == 1.0

    narrow = kappas(*_positions(UNEVEN), np.array([1.0, 2.0, 5.0]), confidence=0.5).of
    found = narrow[Coefficient.GWET_AC][Weight.ORDINAL]
    assert found.high - found.estimate == pytest.approx(float(stdtrit(6, 0.75)) * found.se)


def _positions(table: list[list[float | None]]) -> tuple[Integers, Integers, Integers]:
    entry, judge, score = arrays(table)
    return entry, judge, np.unique(score, return_inverse=True)[1]


@given(tables)
def test_sums_over_scores_give_what_tables_of_categories_give(table):
    entry, judge, score = arrays(table)
    if np.sum(np.bincount(entry, minlength=1) >= 2) < 2:
        return
    categories = np.array([1.0, 2.0, 5.0, 6.0])
    found = flat(kappas(entry, judge, np.searchsorted(categories, score), categories))
    for key, answer in by_tables(table, categories.tolist()).items():
        if found[key].reason is None:
            assert (found[key].estimate, found[key].se) == pytest.approx(answer, abs=1e-9)
        else:
            assert (found[key].reason, len(set(score))) == ("nothing varies", 1)


def test_ordinal_weights_count_positions_and_linear_weights_distances():
    # With two entries of two judges, agreement is the mean of the two weights.
    def weights(one: float, other: float) -> tuple[float, float]:
        entry, judge = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
        position = np.searchsorted([1, 2, 5], [one, other, one, other])
        shares = kappas(entry, judge, position, np.array([1.0, 2.0, 5.0])).of[Coefficient.PERCENT_AGREEMENT]
        return shares[Weight.ORDINAL].estimate, shares[Weight.LINEAR].estimate

    assert weights(1, 2) == pytest.approx((2 / 3, 0.75))
    assert weights(2, 5) == pytest.approx((2 / 3, 0.25))


@pytest.mark.parametrize("q", [2, 5, 101])
def test_a_grid_has_the_sums_of_its_categories(q):
    rng = np.random.default_rng(q)
    entry, judge = np.repeat(np.arange(20), 3), np.tile(np.arange(3), 20)
    position = rng.integers(q, size=60)

    grid, table = (
        flat(kappas_on_grid(entry, judge, position, q)),
        flat(kappas(entry, judge, position, np.arange(float(q)))),
    )

    for key, kappa in table.items():
        assert (grid[key].estimate, grid[key].se) == pytest.approx((kappa.estimate, kappa.se), abs=1e-12)


def test_fleiss_and_conger_do_not_move_with_categories_that_nobody_used_inside_the_ends():
    entry, judge, score = arrays(SPARSE)
    seen_ones = flat(kappas(entry, judge, np.unique(score, return_inverse=True)[1], np.unique(score)))
    halves = flat(kappas_on_grid(entry, judge, (2 * (score - 1)).astype(int), 9))
    for coefficient in ("fleiss_kappa", "conger_kappa"):
        for weight in ("linear", "quadratic"):
            assert halves[coefficient, weight].estimate == pytest.approx(seen_ones[coefficient, weight].estimate)
    assert halves["gwet_ac", "quadratic"].estimate > seen_ones["gwet_ac", "quadratic"].estimate + 0.005


def test_a_grid_of_a_thousand_million_categories_costs_nothing():
    found = kappas_on_grid(*_positions(SPARSE), 10**9).of
    assert found[Coefficient.BRENNAN_PREDIGER][Weight.IDENTITY].estimate == pytest.approx(9 / 11, abs=1e-8)


@given(tables, st.sampled_from([1e-3, 7.0, 1e9]), st.sampled_from([-3.0, 0.0, 1e6]))
def test_totals_have_the_coefficients_of_distances_and_no_others(table, factor, constant):
    entry, judge, score = arrays(table)
    if not len(score):
        return
    whole = seen(table)
    totals = flat(kappas_of_totals(entry, judge, score * factor + constant, *_ends(score * factor + constant)))
    for (coefficient, weight), kappa in totals.items():
        if coefficient in OF_CATEGORIES or weight not in OF_DISTANCES:
            assert kappa == Kappa(None, None, None, None, "a total of several criteria is not a category")
        elif len(set(score)) > 1:
            assert kappa.estimate == pytest.approx(whole[coefficient, weight].estimate, abs=1e-6)


def _ends(score: Floats) -> tuple[float, float]:
    return float(score.min()), float(score.max())


def test_thousands_of_distinct_totals_cost_no_table_of_their_pairs():
    rng = np.random.default_rng(0)
    entry, judge = np.repeat(np.arange(20_000), 3), np.tile(np.arange(3), 20_000)
    total = rng.normal(size=20_000)[entry] + rng.normal(size=60_000)

    found = flat(kappas_of_totals(entry, judge, total, -6, 6))

    # With quadratic weights and many entries Fleiss is the one-way intraclass correlation, here one half.
    assert found["fleiss_kappa", "quadratic"].estimate == pytest.approx(0.5, abs=0.02)


def test_where_nothing_can_be_said_the_reason_stands_instead():
    def reasons(table: list[list[float | None]]) -> dict[str, str | None]:
        return {key[0]: kappa.reason for key, kappa in seen(table).items()}

    assert set(reasons([[1, None], [2, None]]).values()) == {"no entry has two scores"}
    assert set(seen([[1, 2], [2, None]])["fleiss_kappa", "linear"].as_json().items()) >= {
        ("se", None),
        ("low", None),
        ("reason", "one entry has two scores or more"),
    }
    same = seen([[3, 3], [3, 3]])
    assert {key[0]: kappa.estimate for key, kappa in same.items()} == {
        "gwet_ac": None,
        "fleiss_kappa": None,
        "conger_kappa": None,
        "brennan_prediger": None,
        "percent_agreement": 1.0,
    }
    on_grid = flat(kappas_on_grid(*_positions([[3, 3], [3, 3]]), 5))
    assert (on_grid["gwet_ac", "ordinal"].estimate, on_grid["fleiss_kappa", "ordinal"].reason) == (
        1.0,
        "nothing varies",
    )
