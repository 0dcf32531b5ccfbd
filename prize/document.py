"""A prize as one YAML file: everything that its designers have written, in an order that people can read and edit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from prize.models import (
    Blueprint,
    ContributionKind,
    Otherwise,
    Pays,
    PlaceTold,
    QuestionKind,
    RankedBy,
    ScoresTold,
    Seen,
    Visibility,
)
from prize.rubric import MOST_CRITERIA
from storage.errors import Invalid
from storage.values import (
    Line,
    Name,
    OptionalHelp,
    OptionalLine,
    OptionalProse,
    OptionalSummary,
    OptionalUnit,
    Prose,
    Reference,
    Source,
    Zone,
)

FORMAT = "laurel prize 1"
LONGEST = 500_000
"""How many characters a file may have."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BriefPart(_Part):
    summary: OptionalSummary = ""
    problem: OptionalProse = ""
    eligibility: OptionalProse = ""


class EligibilityPart(_Part):
    """A question about who may enter; ``told`` is said to whoever does not give the answer that is ``needed``."""

    question: Line
    needed: bool = True
    otherwise: Otherwise = Otherwise.DECIDES
    told: Line


class ContributionPart(_Part):
    """What somebody gave; ``minor`` is in the smallest unit of the prize's currency (pence, cents)."""

    contributor: Line
    kind: ContributionKind = ContributionKind.MONEY
    minor: int
    given_on: date
    note: OptionalLine = ""


class AwardPart(_Part):
    """So many awards of so much each, in the smallest unit of the prize's currency."""

    name: Line
    kind: ContributionKind = ContributionKind.MONEY
    count: int = 1
    minor_each: int


class DatesPart(_Part):
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    judging_closes_at: AwareDatetime
    decision_at: AwareDatetime


class ConditionPart(_Part):
    """A question is asked only if an earlier one of the form, by its number, has one of these answers."""

    question: Annotated[int, Field(ge=1)]
    answers: Annotated[tuple[Line, ...], Field(min_length=1)]


class QuestionPart(_Part):
    """A question of the entry form; ``size_limit`` is in bytes.

    ``particulars`` is what a declaration asks of whoever says yes. Of money, the unit is the prize's currency. With a
    ``heading`` a section begins, to which the questions below belong. The ``topic`` says what an entry is about.
    """

    kind: QuestionKind = QuestionKind.TEXT
    question: Line
    help: OptionalHelp = ""
    required: bool = True
    reveals_identity: bool = False
    confidential: bool = False
    word_limit: int | None = None
    size_limit: int | None = None
    unit: OptionalUnit = ""
    options: tuple[Line, ...] = ()
    particulars: OptionalLine = ""
    heading: OptionalLine = ""
    topic: bool = False
    only_if: ConditionPart | None = None


class CriterionPart(_Part):
    """A criterion; ``weight`` in whole per cent, ``threshold`` in hundredths of a point, ``levels`` from the lowest.

    ``breaks_ties`` numbers the criteria whose means order entries with equal scores, from 1.
    """

    name: Name
    question: Line
    weight: int
    threshold: int | None = None
    seen: Seen = Seen.BLIND
    breaks_ties: int | None = None
    levels: tuple[OptionalLine, ...] = ()


class RubricPart(_Part):
    """A rubric; a point has 1 step, or 2 where halves are given. ``gate_questions`` are answered with yes or no."""

    lowest: int = 1
    highest: int = 5
    steps_per_point: int = 1
    criteria: Annotated[tuple[CriterionPart, ...], Field(json_schema_extra={"maxItems": MOST_CRITERIA})] = ()
    gate_questions: tuple[Line, ...] = ()


class StagePart(_Part):
    """A stage; ``may_draw`` says whether its last places may be drawn by lot.

    ``correction_days`` is for how many days after closing a team can take out what names it; 0 for never.
    ``comment_needed`` says whether each judge has to write the comment for the entrant.
    """

    name: Line
    visibility: Visibility = Visibility.BLIND
    places: int = 1
    scorecards_per_entry: int = 3
    ranked_by: RankedBy = RankedBy.MEAN
    place_told: PlaceTold = PlaceTold.NOTHING
    scores_told: ScoresTold = ScoresTold.NOTHING
    appeal_days: int = 0
    may_draw: bool = False
    entries_per_team: int = 1
    correction_days: int = 0
    comment_needed: bool = False
    dates: DatesPart | None = None
    entry_form: tuple[QuestionPart, ...] = ()
    rubric: RubricPart = RubricPart()


class MailPart(_Part):
    """A mail in the prize's own words; ``mail`` is the event that causes it, as the page of mail texts names it."""

    mail: Reference
    subject: Line
    text: Prose


class PrizeDocument(_Part):
    """A prize as its designers have written it, without people, entries and what happened since."""

    format: Annotated[str, Field(pattern=f"^{FORMAT}$")] = FORMAT
    title: Line
    blueprint: Blueprint = Blueprint.BREAKTHROUGH
    pays: Pays = Pays.BEST_OF
    zone: Zone = "Europe/London"
    illustrative: bool = False
    source: Source = ""
    brief: BriefPart = BriefPart()
    rules: OptionalProse = ""
    eligibility_questions: tuple[EligibilityPart, ...] = ()
    contributions: tuple[ContributionPart, ...] = ()
    awards: tuple[AwardPart, ...] = ()
    mails: tuple[MailPart, ...] = ()
    stages: Annotated[tuple[StagePart, ...], Field(min_length=1)]


class _Loader(yaml.BaseLoader):
    """Every value as text, so that "no" is no falsehood; a plain null is nothing."""


NULL = "tag:yaml.org,2002:null"
_Loader.add_implicit_resolver(NULL, re.compile(r"^(?:~|null)?$"), ["~", "n", ""])
_Loader.add_constructor(NULL, lambda loader, node: None)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, so that they can be read and edited."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def written(document: PrizeDocument) -> str:
    """The document as YAML; the same document always gives the same text."""
    plain = document.model_dump(mode="json", exclude_none=True)
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def read(text: str) -> PrizeDocument:
    """The document that a YAML text holds.

    Raises
    ------
    Invalid : it is too long, no YAML, refers to parts of itself, or holds something that a prize does not have.
    """
    if len(text) > LONGEST:
        raise Invalid(f"The file is longer than {LONGEST:,} characters. A prize needs far fewer.", "text")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
            raise Invalid("The file refers to parts of itself (* and &). Write each part out.", "text")
        held = yaml.load(text, Loader=_Loader)  # noqa: S506 - it makes nothing but texts
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" Look at line {mark.line + 1}." if mark else ""
        raise Invalid(f"The file is no YAML that can be read.{where}", "text") from error
    except RecursionError as error:
        raise Invalid("The file is no YAML that can be read.", "text") from error
    if not isinstance(held, Mapping):
        raise Invalid("The file does not hold a prize. Begin with one that Laurel has written.", "text")
    try:
        return PrizeDocument.model_validate(held)
    except ValidationError as error:
        raise Invalid(_words(error), "text") from error


def schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors and other programs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A prize of Laurel",
        **{key: value for key, value in PrizeDocument.model_json_schema().items() if key != "title"},
    }


def _words(error: ValidationError) -> str:
    first = error.errors()[0]
    where = " › ".join(str(part + 1) if isinstance(part, int) else part.replace("_", " ") for part in first["loc"])
    if first["type"] == "extra_forbidden":
        what = "is nothing that a prize has. Take it out, or correct its name"
    elif first["type"] == "missing":
        what = "is missing. Fill it in"
    elif first["type"] == "value_error":
        what = str(first["ctx"]["error"])
    else:
        what = f"cannot be used: {first['msg'][0].lower()}{first['msg'][1:]}"
    more = f" {len(error.errors()) - 1} more things are wrong." if len(error.errors()) > 1 else ""
    return f"{where or 'The file'} {what}.{more}"
