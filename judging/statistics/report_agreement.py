"""Agreement, reliability and the judges in a report: tables and charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from markupsafe import Markup

from judging.statistics import wording
from judging.statistics.analysis import Analysis
from judging.statistics.drawing import Curve, IntervalRow, curves, interval_plot
from judging.statistics.gwet import Coefficient, Kappa
from judging.statistics.judges import JudgeLine
from judging.statistics.krippendorff import Level
from judging.statistics.reading import OVERALL
from judging.statistics.report_ranking import several
from judging.statistics.variance import Components
from judging.statistics.wording import NOTHING, between, count, number, shown, signed

MOST_CRITERIA: Final = 12
MOST_JUDGES: Final = 300
MOST_DRAWN: Final = 40

COEFFICIENTS: Final = {
    Coefficient.GWET_AC: "Gwet’s AC",
    Coefficient.FLEISS_KAPPA: "Fleiss’ kappa",
    Coefficient.CONGER_KAPPA: "Conger’s kappa",
    Coefficient.BRENNAN_PREDIGER: "Brennan–Prediger",
    Coefficient.PERCENT_AGREEMENT: "Percent agreement",
}
SOURCES: Final = {
    "submission": "Entries",
    "judge": "Judges",
    "criterion": "Criteria",
    "submission:judge": "Entries × judges",
    "submission:criterion": "Entries × criteria",
    "judge:criterion": "Judges × criteria",
    "residual": "What is left",
}


class Table(NamedTuple):
    """Cells are text; the first column names its row. ``reasons`` say why cells are empty."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    reasons: Sequence[str] = ()


class Alphas(NamedTuple):
    sentence: str
    table: Table
    left_out: int


class Repeating(NamedTuple):
    sentences: Sequence[str]
    chart: Markup | None
    table: Table


class Specialist(NamedTuple):
    heading: str
    tables: Sequence[Table]


class Judges(NamedTuple):
    sentence: str
    chart: Markup | None
    chart_note: str
    table: Table
    remarks: Sequence[tuple[str, str]]
    left_out: int


def heading(name: str) -> str:
    return "Total" if name == OVERALL else shown(name)


def alphas(found: Analysis) -> Alphas:
    """Krippendorff's alpha of interval level, of the total and of each criterion."""
    own = {name: block.krippendorff_alpha.levels[Level.INTERVAL] for name, block in found.agreement.blocks.items()}
    rows = [[heading(name), number(one.estimate), between(one.low, one.high)] for name, one in own.items()]
    criteria = {name: one.estimate for name, one in own.items() if name != OVERALL and one.estimate is not None}
    total = own[OVERALL]
    if total.estimate is None:
        sentence = f"Alpha of the total is not known: {total.reason or 'there are too few scores'}."
    else:
        sentence = f"Alpha of the total is {number(total.estimate)}."
    if len(criteria) > 1 and max(criteria.values()) > min(criteria.values()):
        least = min(criteria, key=lambda name: criteria[name])
        most = max(criteria, key=lambda name: criteria[name])
        sentence += (
            f" Judges agree least on {shown(least)} ({number(criteria[least])}) "
            f"and most on {shown(most)} ({number(criteria[most])})."
        )
    most_rows = 5 * MOST_CRITERIA
    table = Table(
        "Krippendorff’s alpha, interval level",
        ("Scores", "Alpha", _interval(found)),
        rows[:most_rows],
        _reasons((heading(name), one.reason) for name, one in own.items()),
    )
    return Alphas(sentence, table, max(len(rows) - most_rows, 0))


def _interval(found: Analysis) -> str:
    return f"{wording.fine_percent(found.options.confidence)} interval"


def _reasons(said: Iterable[tuple[str, str | None]]) -> list[str]:
    """Each reason once, with what it is the reason for."""
    of: dict[str, list[str]] = {}
    for name, why in said:
        if why is not None:
            of.setdefault(why, []).append(name)
    return [f"{', '.join(names[:8])}{' and others' if len(names) > 8 else ''}: {why}." for why, names in of.items()]


def repeating(found: Analysis) -> Repeating:
    """G and Phi as they are, and with one judge to ten for each entry."""
    known = found.reliability
    per = known.judges_per_submission
    if known.g is None or known.phi is None or per is None:
        why = known.reasons.get("g") or known.reasons.get("phi") or "there are too few scores"
        return Repeating([f"G and Phi are not known: {why}."], None, Table("", (), ()))
    cards = f"{per:.1f}".removesuffix(".0")
    sentences = [
        f"With {cards} scorecards for each entry, as here, G is {number(known.g)}{_ends(found, 'g')} and Phi is "
        f"{number(known.phi)}{_ends(found, 'phi')}."
    ]
    ranking = known.ranking
    if ranking["plain"] is not None and ranking["fair"] is not None:
        sentences.append(
            f"In the actual assignment of judges to entries, the reliability of a comparison of two entries is "
            f"{number(ranking['plain'])} by the mean and {number(ranking['fair'])} by the adjusted score."
        )
    study = [one for one in known.study if one.g is not None and one.phi is not None]
    rows = [[str(one.judges), number(one.g), number(one.phi)] for one in study]
    chart = None
    if len(study) > 1:
        first, last = study[0], study[-1]
        chart = curves(
            [
                Curve("G", [one.g or 0.0 for one in study], "first"),
                Curve("Phi", [one.phi or 0.0 for one in study], "second"),
            ],
            name="chart-study",
            title="G and Phi by judges for each entry",
            description=f"From {first.judges} to {last.judges} judges for each entry G rises from {number(first.g)} to "
            f"{number(last.g)} and Phi from {number(first.phi)} to {number(last.phi)}. The table has the numbers.",
            mark=per,
            mark_label="now",
        )
    return Repeating(sentences, chart, Table("G and Phi by judges for each entry", ("Judges", "G", "Phi"), rows))


def _ends(found: Analysis, name: str) -> str:
    interval = found.reliability.interval[name]
    return "" if interval is None else f" ({between(interval.low, interval.high)})"


def specialists(found: Analysis) -> list[Specialist]:
    """All coefficients of the total and of the first criteria."""
    return [_specialist(found, name) for name in list(found.agreement.blocks)[: MOST_CRITERIA + 1]]


def _specialist(found: Analysis, name: str) -> Specialist:
    block, ends, of = found.agreement.blocks[name], _interval(found), heading(name)
    levels = block.krippendorff_alpha.levels
    alpha = Table(
        f"{of}: Krippendorff’s alpha",
        ("Level", "Alpha", ends),
        [[level.value.capitalize(), number(one.estimate), between(one.low, one.high)] for level, one in levels.items()],
        _reasons((level.value, one.reason) for level, one in levels.items()),
    )
    weights = list(block.kappas.of[Coefficient.GWET_AC])
    kappas = Table(
        f"{of}: chance-corrected agreement, by weights",
        ("Coefficient", *(weight.value.capitalize() for weight in weights)),
        [
            [said, *(_with_ends(block.kappas.of[coefficient][weight]) for weight in weights)]
            for coefficient, said in COEFFICIENTS.items()
        ],
        _reasons(
            (f"{said}, {weight.value}", block.kappas.of[coefficient][weight].reason)
            for coefficient, said in COEFFICIENTS.items()
            for weight in weights
        ),
    )
    intraclass = Table(
        f"{of}: intraclass correlations",
        ("Coefficient", "Estimate", ends),
        [[one, number(each.estimate), between(each.low, each.high)] for one, each in block.icc.items()],
        _reasons((one, each.unavailable or each.reason) for one, each in block.icc.items()),
    )
    w = block.kendall_w
    concordance = Table(
        f"{of}: Kendall’s coefficient of concordance",
        ("Coefficient", "Estimate", "p"),
        [["W", number(w.estimate), _p(w.p_value)]],
        _reasons([("W", w.unavailable)]),
    )
    return Specialist(of, (alpha, kappas, intraclass, concordance))


def _with_ends(one: Kappa) -> str:
    return number(one.estimate) + (f" ({between(one.low, one.high)})" if one.low is not None else "")


def _p(value: float | None) -> str:
    if value is None:
        return NOTHING
    return "under 0.001" if value < 0.001 else number(value, 3)


def components(found: Analysis, places: int) -> list[Table]:
    """Where the variance of scores comes from."""
    total = _variance(found.variance_total, "Variance of the totals", places)
    if len(found.ratings.criteria) < 2:
        return [total]
    return [total, _variance(found.variance, "Variance of the scores by criterion", places)]


def _variance(known: Components, caption: str, places: int) -> Table:
    whole = sum(value for value in known.variances.values() if value is not None)
    rows = [
        [
            SOURCES.get(name, name),
            number(value, 2 * places if places < 3 else places),
            number(None if value is None else value**0.5, places),
            NOTHING if value is None or whole == 0 else wording.percent(value / whole),
        ]
        for name, value in known.variances.items()
    ]
    reasons = _reasons((SOURCES.get(name, name), why) for name, why in known.reasons.items())
    return Table(caption, ("Source", "Variance", "Standard deviation", "Share"), rows, reasons)


def judges(found: Analysis, places: int) -> Judges:
    """What each judge is like, in words that describe."""
    lines = sorted(found.judges, key=lambda line: (-abs(line.severity), line.judge))
    names = {line.judge: shown(found.ratings.judges[line.judge]) for line in lines}
    kept = sorted(lines[:MOST_JUDGES], key=lambda line: line.judge)
    rows = [_judge(found, line, names[line.judge], places) for line in kept]
    head = ["Judge", "Scorecards", "Scores", _interval(found), "Use of the scale", "Noise"]
    head += ["Agreement", "Halo", "Scale used", "Drift"]
    if several(found):
        head.insert(1, "Group")
    reasons = _reasons((label, line.reasons.get(field)) for line in kept[:1] for field, label in _FIELDS.items())
    table = Table("Judges", head, rows, reasons if _all_missing(kept) else ())
    remarks = [(names[line.judge], "; ".join(line.remarks)) for line in kept if line.remarks]
    drawn = sorted(lines[:MOST_DRAWN], key=lambda line: (line.severity, line.judge))
    chart = None
    if found.adjusted.draws is not None and len(drawn) > 1:
        chart = interval_plot(
            [_drawn(line, names[line.judge], places) for line in drawn],
            name="chart-judges",
            title="How much lower or higher each judge scores than the others",
            description="Left of the line at 0 a judge scores lower than the others, right of it higher. "
            "The table below has the numbers.",
            say=partial(wording.of_axis, places=places, sign=True),
            zero=True,
        )
    note = f"{len(drawn)} of {len(lines)} judges, those who differ most." if len(drawn) < len(lines) else ""
    if not lines:
        sentence = "No judge has a scorecard that counts."
    elif remarks:
        sentence = (
            f"{len(remarks)} of {count(len(lines), 'judge')} {'differs' if len(remarks) == 1 else 'differ'} clearly "
            "from the others. The adjusted score allows for it."
        )
    else:
        sentence = f"None of {count(len(lines), 'judge')} differs clearly from the others."
    return Judges(sentence, chart, note, table, remarks, max(len(lines) - MOST_JUDGES, 0))


_FIELDS: Final[Mapping[str, str]] = {
    "agreement_with_others": "Agreement",
    "halo": "Halo",
    "scale_used": "Scale used",
    "drift": "Drift",
}


def _all_missing(lines: Sequence[JudgeLine]) -> bool:
    return bool(lines) and any(all(getattr(line, field) is None for line in lines) for field in _FIELDS)


def _judge(found: Analysis, line: JudgeLine, name: str, places: int) -> list[str]:
    size = number(abs(line.severity), places)
    way = "as others" if not size.strip("0.") else f"{'lower' if line.severity > 0 else 'higher'} by {size}"
    row = [name, str(line.scorecards), way, _ends_of_effect(line, places)]
    row += [f"× {number(line.spread)}", f"× {number(line.noise)}", number(line.agreement_with_others)]
    row += [number(line.halo), NOTHING if line.scale_used is None else wording.percent(line.scale_used)]
    row.append(number(line.drift, places))
    if several(found):
        row.insert(1, found.groups.label(int(found.groups.of_judge[line.judge])) or NOTHING)
    return row


def _ends_of_effect(line: JudgeLine, places: int) -> str:
    return f"{signed(-line.severity_high, places)} to {signed(-line.severity_low, places)}"


def _drawn(line: JudgeLine, name: str, places: int) -> IntervalRow:
    size = number(abs(line.severity), places)
    words = f"{name}: scores {'lower' if line.severity > 0 else 'higher'} by {size} ({_ends_of_effect(line, places)})"
    return IntervalRow(
        name,
        -line.severity,
        -line.severity_high,
        -line.severity_low,
        "clear" if line.remarks else "below",
        None,
        signed(-line.severity, places),
        words,
    )
