"""The report of an analysis: one HTML file, without scripts or anything from elsewhere, to be put before a panel."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import jinja2
from markupsafe import Markup

from judging.statistics import report_agreement, report_ranking, wording
from judging.statistics.analysis import EXCHANGEABLE, EXCHANGED, SUPPOSES, VERSION, Analysis
from judging.statistics.certainty import UNDECIDED
from judging.statistics.moved import moved
from judging.statistics.reliability import FAIR, PLAIN, SameTop
from judging.statistics.wording import count, number, shown

FOLDER: Final = Path(__file__).parent
TITLE: Final = "How sure is the ranking?"
MOST_UNPLACED: Final = 100
MOST_CROSSING: Final = 20
MOST_MOVED: Final = 8
"""Entries that moved: those that crossed the cut, and others as far as there are fewer."""

MOST_WARNINGS: Final = 50


class Fact(NamedTuple):
    name: str
    words: str


def report(
    found: Analysis,
    *,
    title: str | None = None,
    made_at: datetime | None = None,
    judges: bool = True,
    ratings_file: str = "RATINGS.csv",
) -> str:
    """The whole document.

    Parameters
    ----------
    title : the prize's name, for the heading.
    made_at : printed if given; without it the same analysis gives the same document.
    judges : whether to say what each judge is like, which is for secretariat and chair only.
    ratings_file : the name of the file that was analysed, for the command that repeats it.
    """
    places = wording.decimals(found.ratings, found.options.scale)
    lists, unplaced = report_ranking.listings(found, places)
    shifted = moved(found)
    crossing = sum(one.crosses for one in shifted)
    told = min(max(min(crossing, MOST_CROSSING), MOST_MOVED), len(shifted))
    return _template().render(
        css=Markup((FOLDER / "report.css").read_text(encoding="utf-8")),  # noqa: S704  # ours
        title=shown(title) if title else TITLE,
        subtitle=TITLE if title else None,
        facts=_facts(found),
        made=wording.moment(made_at) if made_at else None,
        confidence=wording.fine_percent(found.options.confidence),
        headline=headline(found),
        lists=lists,
        hidden_lists=max(len(found.adjusted.tops) - report_ranking.MOST_LISTS, 0),
        several=report_ranking.several(found),
        stopped=[shown(one) for one in found.options.stopped[:MOST_UNPLACED]],
        more_stopped=max(len(found.options.stopped) - MOST_UNPLACED, 0),
        unplaced=[shown(one) for one in unplaced[:MOST_UNPLACED]],
        more_unplaced=max(len(unplaced) - MOST_UNPLACED, 0),
        moves=[report_ranking.move(found, one) for one in shifted[:told]],
        more_moves=len(shifted) - told,
        undecided=[wording.percent(end) for end in UNDECIDED],
        alpha=report_agreement.alphas(found),
        repeating=report_agreement.repeating(found),
        specialists=report_agreement.specialists(found),
        more_criteria=max(len(found.agreement.blocks) - report_agreement.MOST_CRITERIA - 1, 0),
        components=report_agreement.components(found, places),
        judges=report_agreement.judges(found, places) if judges else None,
        supposes=supposes(found),
        warnings=[shown_line(one) for one in found.warnings[:MOST_WARNINGS]],
        more_warnings=max(len(found.warnings) - MOST_WARNINGS, 0),
        repeat=_repeat(found),
        command=[shlex.quote(word) for word in command(found, ratings_file, title=title, judges=judges)],
    )


def supposes(found: Analysis) -> list[str]:
    """What the model takes for granted, in sentences."""
    dealt = found.options.groups == EXCHANGEABLE and len(found.groups.groups) > 1
    return [SUPPOSES, EXCHANGED] if dealt else [SUPPOSES]


@cache
def _template() -> jinja2.Template:
    folder = jinja2.FileSystemLoader(FOLDER)
    environment = jinja2.Environment(
        loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html.j2")


def shown_line(text: str) -> str:
    """A sentence that may hold ids, without control characters."""
    return " ".join(shown(word) for word in text.split(" "))


def _facts(found: Analysis) -> str:
    data = found.ratings
    cards = found.totals.panel.cards
    return (
        f"{count(len(data.submissions), 'entry', 'entries')}, {count(len(data.judges), 'judge')}, "
        f"{count(len(data.criteria), 'criterion', 'criteria')}, {count(cards, 'scorecard')}, "
        f"{count(len(data.score), 'score')}"
    )


class Headline(NamedTuple):
    title: str
    sentences: Sequence[str]
    facts: Sequence[Fact]


def headline(found: Analysis) -> Headline:
    """What the analysis says in a line and some sentences: would another panel choose the same?"""
    sizes = [len(found.adjusted.members(one)) for one in range(len(found.adjusted.tops))]
    chosen = sum(min(top, size) for top, size in zip(found.adjusted.tops, sizes, strict=True))
    drawn = sum(min(top, size) for top, size in zip(found.adjusted.tops, sizes, strict=True) if size > 1)
    if not sum(sizes) and found.adjusted.scored.any():
        return Headline("A threshold stops every entry", ["There is nothing to rank."], [])
    if not sum(sizes):
        return Headline("No entry has a score that counts", ["There is nothing to rank yet."], [])
    if chosen == sum(sizes):
        entries = count(chosen, "entry", "entries")
        said = ["There is a place for each of them, so the choice does not depend on the ranking."]
        if chosen == 1:
            return Headline("The only entry is chosen", ["There is nothing to compare it with."], [])
        return Headline(f"All {entries} are chosen", said, [])
    same = found.reliability.same_top
    plain, fair = same[PLAIN], same[FAIR]
    facts = [
        Fact("Clear", f"{_clear(found) or 'None'} of the {chosen} places: entries whose chance is 90 % or more."),
        Fact("Undecided", _undecided(found)),
        Fact(
            "Expected wrong",
            f"About {number(found.expected_wrong, 1)} of the {chosen} with the highest chances would not belong to the "
            f"best {chosen} if everything about the entries were known.",
        ),
    ]
    if plain is None:
        why = found.reliability.reasons.get("same_top", "")
        said = [
            "Whether another panel would choose the same cannot be told from these scores"
            + (f": {why}." if why else ".")
        ]
        return Headline("These scores do not say whether another panel would choose the same", said, facts)
    highest = "highest mean scores" + (" of their groups" if report_ranking.several(found) else "")
    said = [
        "If another panel of the same size, with other judges, had scored the same entries in the same way, "
        f"{_again(plain, drawn)} of the {drawn} entries with the {highest} would have been chosen again"
        f"{_range(plain, drawn)}."
    ]
    if fair is not None:
        said.append(
            "By the adjusted score, which allows for who judged whom, "
            f"it would be {_again(fair, drawn)}{_range(fair, drawn)}."
        )
    return Headline(_title(plain, drawn), said, facts)


def _title(same: SameTop, chosen: int) -> str:
    about = round(same.estimate * chosen)
    if chosen == 1:
        return f"The chance that another panel would choose the same entry is about {wording.percent(same.estimate)}"
    if about == 0:
        return f"Hardly any of the {chosen} chosen would be chosen again by another panel"
    if about == chosen:
        return f"Nearly all of the {chosen} chosen would be chosen again by another panel"
    return f"About {about} of the {chosen} chosen would be chosen again by another panel"


def _again(same: SameTop, chosen: int) -> str:
    return f"about {number(same.estimate * chosen, 1 if chosen < 100 else 0)}"


def _range(same: SameTop, chosen: int) -> str:
    if same.low is None or same.high is None:
        return " (how far this may be out is not known)"
    ends = [number(end * chosen, 1 if chosen < 100 else 0) for end in (same.low, same.high)]
    return f" (likely between {ends[0]} and {ends[1]})"


def _clear(found: Analysis) -> int:
    return sum(line.chance_top is not None and line.chance_top >= UNDECIDED[1] for line in found.ranking)


def _undecided(found: Analysis) -> str:
    n = len(found.undecided)
    if n == 0:
        return "No entry: each has a chance under 10 % or over 90 %."
    few = f"{count(n, 'entry', 'entries')}, with a chance between 10 and 90 %. "
    return few + "These are what the panel’s discussion decides."


# How to repeat it.


def _repeat(found: Analysis) -> list[Fact]:
    drawn = found.adjusted.draws
    options = found.options
    if drawn is None:
        draws = "none, because nothing varies"
    else:
        draws = f"{drawn.quality.shape[1]:,}, of which the least certain entry has an effective {drawn.effective:,.0f}"
    top = options.top if isinstance(options.top, int) else ", ".join(f"{group} {k}" for group, k in options.top.items())
    scale = options.scale
    weights = found.options.weights
    return [
        Fact("Version of the methods", VERSION),
        Fact("Data (SHA-256)", found.sha256 or "not read from a file"),
        Fact("Scores skipped as blank", f"{found.skipped:,}"),
        Fact("Scorecards with a criterion missing", f"{found.totals.incomplete_scorecards:,}"),
        Fact("Seed", str(options.seed)),
        Fact("Draws of the posterior", draws),
        Fact("Resamples", f"{options.resamples:,}"),
        Fact("Confidence", wording.fine_percent(options.confidence)),
        Fact("Chosen", str(top)),
        Fact("Scale", _written_scale(found) if scale else "not given"),
        Fact(
            "Weights of criteria",
            ", ".join(f"{shown(name)} {weight:g}" for name, weight in weights.items()) if weights else "equal",
        ),
        Fact("Groups that share no judge", f"{len(found.groups.groups):,}, ranked {_ranked(found)}"),
        Fact("Version of each score", f"the {options.version}"),
        *([Fact("Stopped by a threshold", f"{len(options.stopped):,}")] if options.stopped else []),
    ]


def _ranked(found: Analysis) -> str:
    if len(found.groups.groups) < 2:
        return "as one"
    return "in one list" if found.options.groups == EXCHANGEABLE else "separately"


def _written_scale(found: Analysis) -> str:
    scale = found.options.scale
    assert scale is not None
    ends = [scale.low, scale.high, *([] if scale.step is None else [scale.step])]
    return ",".join(repr(end).removesuffix(".0") for end in ends)


def command(
    found: Analysis, ratings_file: str = "RATINGS.csv", *, title: str | None = None, judges: bool = True
) -> list[str]:
    """The words of the command line that gives the same numbers from the same file."""
    options = found.options
    words = ["python", "-m", "judging", "analyse", ratings_file]
    if options.scale is not None:
        words.append(f"--scale={_written_scale(found)}")
    if options.weights is not None:
        words.append(f"--criterion-weights={json.dumps(dict(options.weights), ensure_ascii=False)}")
    top = options.top
    words.append(f"--top={top if isinstance(top, int) else ','.join(f'{group}={k}' for group, k in top.items())}")
    words += [f"--groups={options.groups}", f"--resamples={options.resamples}", f"--confidence={options.confidence!r}"]
    words += [f"--seed={options.seed}", f"--version={options.version}"]
    if options.stopped:
        words.append(f"--stopped={json.dumps(options.stopped, ensure_ascii=False)}")
    if title is not None:
        words.append(f"--title={title}")
    if not judges:
        words.append("--without-judges")
    words.append("--report=report.html")
    return words
