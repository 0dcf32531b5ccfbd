"""A prize's public page: from what is published to what the template shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from judging.announced import StageResult
from judging.lottery import PublicDraw
from pages.components.asked import limits, who_reads
from pages.components.worked_example import REVEALED, after_reveal, tie_words, worked_example
from pages.public.rendering import html_of
from prize.clarifications import PublicClarifications
from prize.eligibility import Standing, Verdict
from prize.fund import AwardShown, FundShown
from prize.lifecycle import Phase
from prize.models import ContributionKind, PrizeState, QuestionKind, RankedBy, Seen, Visibility
from prize.publication import PublicPrize, PublicStage
from prize.questions import QuestionShown
from prize.rubric import CriterionShown, RubricShown
from prize.stages import StageShown
from settings import get_settings
from storage.values import Money, date_words, time_words, zone_words

STATES: Final = MappingProxyType(
    {
        Phase.PLANNED: ("Opens later", "gray"),
        Phase.OPEN: ("Open for entries", "green"),
        Phase.PAUSED: ("Paused", "orange"),
        Phase.CLOSED: ("Closed for entries", "gray"),
        Phase.SCREENING: ("Being screened", "blue"),
        Phase.JUDGING: ("Being judged", "blue"),
        Phase.DECIDING: ("Being decided", "blue"),
        Phase.CONFIRMED: ("Being decided", "blue"),
        Phase.RELEASED: ("Decided", "green"),
        Phase.CANCELLED: ("Cancelled", "red"),
    }
)

VERDICTS: Final = MappingProxyType(
    {
        Standing.ELIGIBLE: ("green", "By your answers you may enter."),
        Standing.REFERRED: ("orange", "Ask the secretariat: it looks at this before you can be sure."),
        Standing.NOT_ELIGIBLE: ("red", "By your answers you are not eligible."),
    }
)
OVER: Final = (Phase.RELEASED, Phase.CANCELLED)

OF_PRIZE: Final = MappingProxyType(
    {
        PrizeState.PAUSED: ("Paused", "orange"),
        PrizeState.CLOSED: ("Closed", "gray"),
        PrizeState.CANCELLED: ("Cancelled", "red"),
    }
)
"""What a prize's badge says, whatever its stages are in."""

ORDERED: Final = MappingProxyType(
    {
        RankedBy.MEAN: (
            "That number puts entries in order for the panel. Beside it the panel sees an adjusted score, which allows "
            "for assessors who score lower or higher than others, and how sure each place is."
        ),
        RankedBy.ADJUSTED: (
            "From all assessors' numbers we work out by how much each of them scores lower or higher than the others, "
            "and what each entry would have got from a typical one. This adjusted score puts entries in order for the "
            "panel, which also sees how sure each place is."
        ),
    }
)


DRAWN: Final = (
    " Where scores do not decide between the last entries, places may be drawn by lot among those whose chance of a "
    "place is neither low nor high. The seed of the draw is made when judging begins, and its hash stands on this page "
    "from then on; seed, list and tickets follow with the results, so that anybody can repeat the draw."
)


def prize_context(prize: PublicPrize, moment: datetime) -> dict[str, Any]:
    """The context of ``prize.html``, as it is for everybody; ``moment`` decides which date comes next."""
    present = present_stage(prize.stages)
    actions = []
    if prize.stages[0].stage.phase is Phase.OPEN:
        actions.append(("Start an entry", f"/start/{prize.stages[0].stage.id}"))
    return {
        "prize_title": prize.title,
        "slug": prize.slug,
        "address": f"{get_settings().public_url}/prizes/{prize.slug}",
        "summary": prize.summary,
        "state": OF_PRIZE.get(prize.state, STATES[present.stage.phase]),
        "actions": actions,
        "facts": _facts(prize, present),
        "problem_html": html_of(prize.problem),
        "fund": _fund(prize) if prize.fund.awards else None,
        "dates_note": f"All times are {zone_words(prize.zone)} times.",
        "changes": [
            (date_words(change.at.astimezone(ZoneInfo(prize.zone))), change.what, change.reason)
            for change in prize.changes
        ],
        "stages": [_stage(stage, moment) for stage in prize.stages],
        "eligibility_html": html_of(prize.eligibility),
        "asked": [(str(question.key), question.wording) for question in prize.asked.questions],
        "asked_version": prize.asked.number,
        "rules_html": html_of(prize.rules),
        "rules_version": prize.rules_number,
        "rules_date": date_words(prize.rules_published_at.astimezone(ZoneInfo(prize.zone))),
        "sources": [(prize.source, "")] if prize.source else [],
        "illustrative": "An illustrative prize: nobody can really enter it." if prize.illustrative else "",
    }


def clarified(clarifications: PublicClarifications, zone: str) -> dict[str, Any]:
    """What the page says of questions that were asked about the prize."""
    return {
        "can_ask": clarifications.can_ask,
        "clarifications": [
            (row.question, html_of(row.answer), date_words(row.answered_at.astimezone(ZoneInfo(zone))))
            for row in clarifications.answered
        ],
    }


def announced(results: Sequence[StageResult], zone: str) -> list[dict[str, Any]]:
    """Who was chosen, for each stage whose decisions are released."""
    return [
        {
            "stage": result.stage,
            "when": date_words(result.released_at.astimezone(ZoneInfo(zone))),
            "count": result.count,
            "chosen": [(one.organisation, one.outcome.value.capitalize()) for one in result.chosen],
            "held_back": result.held_back,
            "free": result.places - result.count if result.no_award else 0,
            "no_award": result.no_award,
        }
        for result in results
    ]


def draws(found: Sequence[PublicDraw], slug: str, zone: str) -> list[dict[str, Any]]:
    """What anybody can check of places that are drawn by lot, for each stage with a draw."""
    return [
        {
            "stage": draw.stage,
            "commitment": draw.commitment,
            "committed": time_words(draw.committed_at, zone),
            "released": draw.released,
            "cancelled": draw.cancelled,
            "withheld": draw.withheld,
            "seed": draw.seed,
            "list_text": draw.list_text,
            "list_digest": draw.list_digest,
            "places": draw.places,
            "left_out": draw.left_out,
            "tickets": [(at, each.entry, each.ticket, at <= draw.places) for at, each in enumerate(draw.tickets, 1)],
            "commands": draw.commands,
            "href": f"/prizes/{slug}/draws/{draw.position}.json",
        }
        for draw in found
    ]


def verdict_words(found: Verdict) -> tuple[str, str, list[str]]:
    """What somebody's answers come to: the colour of the box, its first words, and the reasons."""
    colour, words = VERDICTS[found.standing]
    return colour, words, list(found.reasons)


def present_stage(stages: Sequence[PublicStage]) -> PublicStage:
    """The stage that the prize is in: the first that is not over."""
    return next((stage for stage in stages if stage.stage.phase not in OVER), stages[-1])


def _stage(stage: PublicStage, moment: datetime) -> dict[str, Any]:
    revealed = bool(after_reveal(stage.rubric, stage.stage.visibility))
    return {
        "name": stage.stage.name,
        "state": STATES[stage.stage.phase],
        "dates": _dates(stage.stage, moment),
        "judging_html": html_of(_judging(stage.stage, stage.rubric)),
        "criteria": [_criterion(criterion, stage) for criterion in stage.rubric.criteria],
        "gates": [gate.wording for gate in stage.rubric.gates],
        "combining_html": html_of(_combining(stage.rubric, stage.stage.ranked_by)),
        "example_html": example(stage.rubric),
        "after_example_html": html_of(
            "The panel reads entries in this order, discusses them and decides, with reasons on record. It may select "
            f"fewer than there are places.{DRAWN if stage.stage.may_draw else ''}{_after_release(stage.stage)}"
        ),
        "questions": [
            (
                question.wording,
                " ".join(_limits(question, stage.questions)),
                who_reads(question, stage.stage.visibility, revealed=revealed),
                question.heading,
            )
            for question in stage.questions
        ],
        "audiences": _audiences(stage.questions, revealed=revealed),
    }


def _after_release(stage: StageShown) -> str:
    days = "a day" if stage.appeal_days == 1 else f"{stage.appeal_days} days"
    return f" Within {days} of the release a team can appeal, once for each entry." if stage.appeal_days else ""


def _facts(prize: PublicPrize, stage: PublicStage) -> list[tuple[str, str, str]]:
    facts = []
    if stage.stage.dates:
        closes = time_words(stage.stage.dates.closes_at, prize.zone, weekday=True)
        weekday, _, rest = closes.partition(" ")
        day, _, clock = rest.partition(", ")
        facts.append(("Entries close", day, f"{weekday}, {clock}"))
    places = stage.stage.places
    facts.append(("Places", str(places) if places == 1 else f"up to {places}", f"{stage.stage.name}"))
    if prize.fund.awards:
        facts.append(("Awards", *_awarded(prize.fund)))
    files = sum(question.kind is QuestionKind.FILE for question in stage.questions)
    asked = len(stage.questions) - files
    documents = f", {files} document{'s' if files > 1 else ''}" if files else ""
    several = stage.stage.entries_per_team
    if several > 1:
        facts.append(("Entries", f"up to {several}", "for each team"))
    most = "up to " if any(question.condition for question in stage.questions) else ""
    facts.append(("To enter", f"{most}{asked} question{'s' if asked > 1 else ''}{documents}", "saved as you type"))
    return facts


def _awarded(fund: FundShown) -> tuple[str, str]:
    """What all awards come to, and what they are in few words."""
    count = sum(award.count for award in fund.awards)
    [first, *others] = fund.awards
    what = f"{count} awards" if others or count > 1 else first.name
    money, in_kind = (
        Money(sum(award.total.minor for award in fund.awards if award.kind is kind), fund.money.currency)
        for kind in (ContributionKind.MONEY, ContributionKind.IN_KIND)
    )
    if not money.minor:
        return str(in_kind), f"in kind: {what}"
    return str(money), f"{what}, and {in_kind} in kind" if in_kind.minor else what


def _fund(prize: PublicPrize) -> dict[str, Any]:
    """What can be won, what the fund holds, and who gives it."""
    fund = prize.fund
    holds = " and ".join(
        words for words, held in ((f"{fund.money} in money", fund.money), (f"{fund.in_kind} in kind", fund.in_kind))
        if held.minor
    )  # fmt: skip
    left = " and ".join(
        words for words, rest in ((str(fund.left), fund.left), (f"{fund.left_in_kind} in kind", fund.left_in_kind))
        if rest.minor
    )  # fmt: skip
    return {
        "awards": [(award.name, _award_words(award)) for award in fund.awards],
        "holds": f"The fund holds {holds}. " + (f"Not awarded yet: {left}." if left else "All is awarded."),
        "in_kind": "Value in kind is given as what it is, and never paid out as money." if fund.in_kind.minor else "",
        "contributions": [
            (row.contributor, f"{row.amount}{_in_kind(row.kind)}", date_words(row.given_on))
            for row in fund.contributions
        ],
    }


def _award_words(award: AwardShown) -> str:
    if award.count == 1:
        return f"{award.each}{_in_kind(award.kind)}"
    return f"{award.count} × {award.each}{_in_kind(award.kind)}, {award.total} together"


def _in_kind(kind: ContributionKind) -> str:
    return " in kind" if kind is ContributionKind.IN_KIND else ""


def _dates(stage: StageShown, moment: datetime) -> list[tuple[str, str, bool]]:
    if stage.dates is None:
        return []
    named = (
        ("Entries open", stage.dates.opens_at),
        ("Entries close", stage.dates.closes_at),
        ("Judging ends", stage.dates.judging_closes_at),
        ("Decision", stage.dates.decision_at),
    )
    following = next((when for _, when in named if when > moment), None)
    return [(label, time_words(when, stage.zone, weekday=True), when == following) for label, when in named]


def _judging(stage: StageShown, rubric: RubricShown) -> str:
    known = "They know whose it is."
    if stage.visibility is Visibility.BLIND:
        known = (
            "They do not know whose it is: answers that reveal identity are taken out, and files are cleaned of names "
            "in their properties."
        )
    if stage.visibility is Visibility.BLIND and stage.correction_days:
        days = "a day" if stage.correction_days == 1 else f"{stage.correction_days} days"
        known += f" For {days} after closing a team can take out what names it, where we have found that."
    if later := after_reveal(rubric, stage.visibility):
        known += f" {REVEALED} {later}."
    comments = " Each assessor writes you a comment, which you read when decisions are released."
    assessors = "One assessor scores each entry"
    if stage.scorecards_per_entry > 1:
        assessors = f"{_number(stage.scorecards_per_entry).capitalize()} assessors score each entry alone"
    return (
        f"{assessors}, in a browser. {known} "
        f"Somebody with a conflict of interest never meets the entry.{comments if stage.comment_needed else ''}"
    )


def _criterion(criterion: CriterionShown, stage: PublicStage) -> tuple[str, str, int, str, str, list[tuple[int, str]]]:
    rubric, threshold = stage.rubric, ""
    if criterion.threshold is not None:
        least = Decimal(criterion.threshold).scaleb(-2).normalize()
        threshold = f"At least {least:f} of {rubric.highest} is needed."
    levels = list(zip(rubric.points, criterion.levels, strict=False)) if criterion.levels else []
    blind = stage.stage.visibility is Visibility.BLIND
    seen = "Scored after names are shown." if blind and criterion.seen is Seen.AFTER_REVEAL else ""
    return criterion.name, criterion.question, criterion.weight, seen, threshold, levels


def _combining(rubric: RubricShown, ranked_by: RankedBy) -> str:
    thresholds = [criterion.name for criterion in rubric.criteria if criterion.threshold is not None]
    ties = f" {tie_words(rubric)}" if rubric.breaking_ties and ranked_by is RankedBy.MEAN else ""
    stopped = ""
    if thresholds:
        stopped = f" An entry whose mean for {' or '.join(thresholds)} is below its minimum is out, whatever its total."
    return (
        f"Each criterion is scored from {rubric.scale}. For each we take the mean of your "
        f"assessors, multiply it by its weight, and add up. {ORDERED[ranked_by]}{ties}{stopped}"
    )


def example(rubric: RubricShown) -> Markup:
    """A worked example with the rubric's own weights."""
    worked = worked_example(rubric)
    return Markup("{} = <strong>{}</strong>.").format(worked.words, worked.total) if worked else Markup("")


def _limits(question: QuestionShown, questions: Sequence[QuestionShown]) -> list[str]:
    return limits(question, questions) + ([] if question.required else ["Optional."])


def _audiences(questions: Sequence[QuestionShown], *, revealed: bool) -> list[tuple[str, str]]:
    files = any(question.kind is QuestionKind.FILE for question in questions)
    copies = " and a cleaned copy of your files" if files else ""
    later = " After they have scored the rest they see whose entry it is." if revealed else ""
    return [
        ("Assessors", f"Your answers{copies}, without names, except those answers that are marked above.{later}"),
        ("The prize team", "Everything that you submit. Nobody reads your draft."),
        ("The public", "If you are chosen, the name under which you enter. Nothing that you submit."),
        ("You", "The outcome with its reason, and the assessors' comments, when decisions are released."),
    ]


def _number(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if count < len(words) else str(count)
