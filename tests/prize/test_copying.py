"""A prize out as one YAML file, and in again; a copy of a prize."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mission.missions import create_mission
from prize.copying import copy_prize, create_prize_from_file, document_of, prize_file
from prize.document import (
    AwardPart,
    BriefPart,
    ConditionPart,
    ContributionPart,
    CriterionPart,
    DatesPart,
    EligibilityPart,
    MailPart,
    PrizeDocument,
    QuestionPart,
    RubricPart,
    StagePart,
    read,
    schema,
    written,
)
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
    Stage,
    Visibility,
)
from prize.prizes import own_prizes
from prize.readiness import readiness
from prize.stages import stages
from prize.templates import Template, templates
from storage.database import reading, transact
from storage.errors import Invalid, Refused
from storage.values import tidy
from tests.databases import Given
from tests.stories import Chapter, Story, told
from tests.world import World, ask, do

WITHOUT_FIELDS = str.maketrans("{}", "()")
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
TRAPS = ("no", "null", "~", "1e3", "- a", "a: b", "# c", "'", '"', "*x", "&x", "!y", "|", "2027-01-01", "ÆØÅ", "{", "%")


def tidied(text: str, lines: bool) -> str:
    try:
        return tidy(text, lines=lines)
    except ValueError:
        return "x"


def texts(most: int, *, lines: bool = False, least: int = 1) -> st.SearchStrategy[str]:
    letters = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=most)
    several = st.lists(letters, max_size=4).map("\n".join) if lines else letters
    return (
        st.one_of(st.sampled_from(TRAPS), several)
        .map(lambda text: tidied(text[:most], lines))
        .map(lambda text: text if any(character.isalnum() for character in text) or not least else f"{text}x"[-most:])
    )


@st.composite
def dates(draw: Any) -> DatesPart:
    zone = timezone(timedelta(minutes=draw(st.integers(-720, 840))))
    days = draw(st.lists(st.integers(1, 40_000), min_size=4, max_size=4, unique=True))
    moments = [(FIRST_DAY + timedelta(hours=day)).astimezone(zone) for day in sorted(days)]
    return DatesPart(opens_at=moments[0], closes_at=moments[1], judging_closes_at=moments[2], decision_at=moments[3])


@st.composite
def questions(draw: Any) -> QuestionPart:
    kind = draw(st.sampled_from(QuestionKind))
    return QuestionPart(
        kind=kind,
        question=draw(texts(200)),
        help=draw(texts(200, lines=True, least=0)),
        required=kind is QuestionKind.DECLARATION or draw(st.booleans()),
        reveals_identity=kind is QuestionKind.TEAM or draw(st.booleans()),
        confidential=draw(st.booleans()),
        word_limit=draw(st.none() | st.integers(1, 5_000)),
        size_limit=draw(st.integers(1024, 10**8)) if kind is QuestionKind.FILE else None,
        unit="GBP" if kind is QuestionKind.MONEY else draw(texts(60, least=0)),
        options=tuple(draw(st.lists(texts(60), min_size=2, max_size=4, unique=True)))
        if kind is QuestionKind.CHOICE
        else (),
        particulars=draw(texts(60, least=0)) if kind is QuestionKind.DECLARATION else "",
        heading=draw(texts(60, least=0)),
    )


def with_a_topic(form: list[QuestionPart]) -> tuple[QuestionPart, ...]:
    """The first choice that judges read says what an entry is about."""
    at = next(
        (
            at
            for at, one in enumerate(form)
            if one.kind is QuestionKind.CHOICE and not one.reveals_identity and not one.confidential
        ),
        None,
    )
    return tuple(one.model_copy(update={"topic": number == at}) for number, one in enumerate(form))


@st.composite
def forms(draw: Any) -> tuple[QuestionPart, ...]:
    """Questions, some of them asked only after certain answers to an earlier one that judges see."""
    asked: list[QuestionPart] = []
    for question in draw(st.lists(questions(), max_size=4)):
        choices = {
            number: earlier.options or ("yes", "no")
            for number, earlier in enumerate(asked, 1)
            if earlier.kind in (QuestionKind.CHOICE, QuestionKind.CONSENT, QuestionKind.DECLARATION)
            and not earlier.reveals_identity
            and not earlier.confidential
        }
        condition = None
        if choices and draw(st.booleans()):
            number = draw(st.sampled_from(sorted(choices)))
            answers = draw(st.lists(st.sampled_from(choices[number]), min_size=1, unique=True))
            condition = ConditionPart(question=number, answers=tuple(answers))
        asked.append(question.model_copy(update={"only_if": condition}))
    return with_a_topic(asked)


@st.composite
def rubrics(draw: Any) -> RubricPart:
    lowest = draw(st.integers(0, 5))
    highest = draw(st.integers(lowest + 1, 10))
    levels = st.lists(texts(60, least=0), min_size=highest - lowest + 1, max_size=highest - lowest + 1)
    count = draw(st.integers(0, 3))
    ties = draw(st.permutations(range(count)))
    breaking = draw(st.integers(0, count))
    return RubricPart(
        lowest=lowest,
        highest=highest,
        steps_per_point=draw(st.sampled_from((1, 2))),
        gate_questions=tuple(draw(st.lists(texts(60), max_size=2))),
        criteria=tuple(
            CriterionPart(
                name=draw(texts(60)),
                question=draw(texts(100)),
                weight=draw(st.integers(0, 100)),
                threshold=draw(st.none() | st.integers(lowest * 100, highest * 100)),
                levels=tuple(draw(st.just([]) | levels)),
                seen=draw(st.sampled_from(Seen)),
                breaks_ties=ties[at] + 1 if ties[at] < breaking else None,
            )
            for at in range(count)
        ),
    )


@st.composite
def mails(draw: Any) -> tuple[MailPart, ...]:
    """Mails in the prize's own words, with the fields that each needs."""
    changed = draw(st.lists(st.sampled_from(templates()), max_size=2, unique_by=lambda template: template.key))

    def said(template: Template) -> MailPart:
        text, subject = (draw(words).translate(WITHOUT_FIELDS) for words in (texts(300, lines=True), texts(100)))
        fields = "".join(f" {{{name}}}" for name in sorted(template.needed))
        return MailPart(mail=template.key, subject=subject, text=f"{text}{fields}")

    return tuple(said(template) for template in sorted(changed, key=lambda template: template.key))


@st.composite
def prizes(draw: Any) -> PrizeDocument:
    """Any prize that the builder can make, ready or not."""
    given_ = draw(st.lists(st.integers(1, 10**9), max_size=2))
    left = sum(given_)
    awards = []
    for _ in range(draw(st.integers(0, 2))):
        if left > 0:
            awards.append(AwardPart(name=draw(texts(60)), count=1, minor_each=draw(st.integers(1, left))))
            left -= awards[-1].minor_each
    return PrizeDocument(
        title=draw(texts(200)),
        blueprint=draw(st.sampled_from(Blueprint)),
        pays=draw(st.sampled_from(Pays)),
        zone=draw(st.sampled_from(["Europe/London", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "UTC"])),
        illustrative=draw(st.booleans()),
        source=draw(texts(200, lines=True, least=0)),
        brief=BriefPart(
            summary=draw(texts(300, lines=True, least=0)),
            problem=draw(texts(500, lines=True, least=0)),
            eligibility=draw(texts(300, lines=True, least=0)),
        ),
        rules=draw(texts(500, lines=True, least=0)),
        eligibility_questions=tuple(
            EligibilityPart(
                question=draw(texts(100)),
                needed=draw(st.booleans()),
                otherwise=draw(st.sampled_from(Otherwise)),
                told=draw(texts(100)),
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
        contributions=tuple(
            ContributionPart(
                contributor=draw(texts(60)),
                kind=ContributionKind.MONEY,
                minor=minor,
                given_on=draw(st.dates(date(2000, 1, 1), date(2100, 1, 1))),
                note=draw(texts(60, least=0)),
            )
            for minor in given_
        ),
        awards=tuple(awards),
        mails=draw(mails()),
        stages=tuple(
            StagePart(
                name=draw(texts(60)),
                visibility=draw(st.sampled_from(Visibility)),
                places=draw(st.integers(1, 1000)),
                scorecards_per_entry=draw(st.integers(1, 20)),
                ranked_by=draw(st.sampled_from(RankedBy)),
                place_told=draw(st.sampled_from(PlaceTold)),
                scores_told=draw(st.sampled_from(ScoresTold)),
                appeal_days=draw(st.integers(0, 60)),
                may_draw=draw(st.booleans()),
                entries_per_team=draw(st.integers(1, 20)),
                correction_days=draw(st.integers(0, 30)),
                comment_needed=draw(st.booleans()),
                dates=draw(st.none() | dates()),
                entry_form=draw(forms()),
                rubric=draw(rubrics()),
            )
            for _ in range(draw(st.integers(1, 3)))
        ),
    )


def begin(story: Story, text: str, slug: str = "again") -> UUID:
    made: UUID = do(create_prize_from_file, story.owner, mission_id=story.mission_id, slug=slug, text=text)
    return made


def as_read(document: PrizeDocument) -> Any:
    """What a document says, whatever zone its moments are written in and in whatever order gifts stand."""
    said = yaml.safe_load(written(document.model_copy(update={"stages": tuple(map(in_utc, document.stages))})))
    return {**said, "contributions": sorted(said["contributions"], key=str)}


def in_utc(stage: StagePart) -> StagePart:
    if stage.dates is None:
        return stage
    moved = {name: moment.astimezone(UTC) for name, moment in stage.dates}
    return stage.model_copy(update={"dates": DatesPart(**moved)})


@pytest.mark.timeout(900)
@given(document=prizes())
def test_any_prize_is_the_same_after_it_was_written_and_read(document: PrizeDocument) -> None:
    assert read(written(document)) == document


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=prizes())
def test_any_prize_that_the_builder_can_make_is_the_same_after_it_went_in_and_out(
    sqlite: Given, world: World, document: PrizeDocument
) -> None:
    owner = world.owner
    mission_id = do(
        create_mission, owner, programme_id=world.programme_id, title="Rivers", statement="Rivers are clean."
    )
    prize_id = do(create_prize_from_file, owner, mission_id=mission_id, slug=f"p{uuid4().hex}", text=written(document))

    with reading() as db:
        assert as_read(document_of(db, prize_id)) == as_read(document)


def test_a_file_holds_all_that_was_written_and_a_draft_begun_from_it_is_as_ready(database: Given) -> None:
    story = told(Chapter.READY)
    text = ask(prize_file, story.designer, prize_id=story.prize_id)

    again = begin(story, text)

    assert ask(prize_file, story.owner, prize_id=again) == text
    assert all(check.done for check in ask(readiness, story.owner, prize_id=again))


def test_a_copy_has_everything_but_the_dates(database: Given) -> None:
    story = told(Chapter.PUBLISHED)
    named = {"title": "Cleaner rivers", "slug": "cleaner-rivers"}

    again = do(copy_prize, story.owner, mission_id=story.mission_id, copied_id=story.prize_id, **named)

    with reading() as db:
        before, after = document_of(db, story.prize_id), document_of(db, again)
    stages = tuple(stage.model_copy(update={"dates": None}) for stage in before.stages)
    assert after == before.model_copy(update={"title": "Cleaner rivers", "stages": stages})


@pytest.mark.parametrize("needed", [True, False])
def test_whether_judges_have_to_comment_goes_out_in_the_file_and_in_again(sqlite: Given, needed: bool) -> None:
    story = told(Chapter.READY)
    transact(lambda db: setattr(db.get_one(Stage, story.stage_id), "comment_needed", needed))
    text = ask(prize_file, story.designer, prize_id=story.prize_id)

    again = begin(story, text)

    assert [stage.comment_needed for stage in ask(stages, story.owner, prize_id=again)] == [needed]


def test_in_a_file_that_does_not_say_so_comments_are_optional() -> None:
    [stage] = read("title: Rivers\nstages: [{name: Only}]\n").stages

    assert not stage.comment_needed
    assert schema()["$defs"]["StagePart"]["properties"]["comment_needed"]["default"] is False


def test_a_prize_that_one_may_not_see_is_not_copied(sqlite: Given) -> None:
    story, other = told(Chapter.READY), told(Chapter.READY, "elsewhere")

    with pytest.raises(Refused):
        do(
            copy_prize,
            story.owner,
            mission_id=story.mission_id,
            copied_id=other.prize_id,
            title="Theirs",
            slug="theirs",
        )


BILLION_LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
TIED = "{name: N, question: Q, weight: 50, breaks_ties: 1}"
CRITERION = "{name: N, question: Q, weight: 0}"
CLOSED_FIRST = ", ".join(
    f"{name}: 2027-0{month}-01T12:00:00Z"
    for name, month in (("opens_at", 5), ("closes_at", 4), ("judging_closes_at", 6), ("decision_at", 7))
)
STAGE = "stages: [{name: Only}]"
DEPENDENT = "{question: Why so, only_if: {question: 1, answers: [yes]}}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not hold a prize"),
        ("- a\n- b", "does not hold a prize"),
        ("title: [", r"no YAML that can be read\. Look at line 1"),
        ("[" * 1_500, "no YAML that can be read"),
        (BILLION_LAUGHS, "refers to parts of itself"),
        ("title: !!python/object/apply:os.system [ls]\n" + STAGE, "title cannot be used"),
        ("x" * 600_000, "longer than 500,000 characters"),
        (f"title: T\nstages: [{{name: S}}]\nsource: {'x' * 1_001}", "source"),
        (STAGE, "title is missing"),
        ("title: A\nstages: []", "stages cannot be used"),
        ("title: A\nprice: 3\n" + STAGE, "price is nothing that a prize has"),
        ("title: A\nformat: laurel prize 9\n" + STAGE, "format cannot be used"),
        ("title: A\nzone: Europe/Atlantis\n" + STAGE, "zone"),
        ("title: A\nstages: [{name: A, places: many}]", "stages › 1 › places cannot be used"),
        ("title: A\nstages: [{name: A, dates: {opens_at: 2027-01-01T12:00:00}}]", "opens at cannot be used"),
        ("title: A\nstages: [{name: A, rubric: {criteria: [{name: N, question: Q, weight: 101}]}}]", "0 and 100"),
        ("title: A\nstages: [{name: A, rubric: {steps_per_point: 10}}]", "false precision"),
        ("title: A\nstages: [{name: A, rubric: {criteria: [" + TIED + ", " + TIED + "]}}]", "same place"),
        (
            f"title: A\nstages: [{{name: A, rubric: {{criteria: [{', '.join([CRITERION] * 200)}]}}}}]",
            "up to 30 criteria",
        ),
        ("title: A\nstages: [{name: A, dates: {" + CLOSED_FIRST + "}}]", "The closing is not after the opening"),
        ("title: A\nawards: [{name: W, minor_each: 5}]\n" + STAGE, "The fund has £0 left"),
        ("title: A\ncontributions: [{contributor: W, minor: -5, given_on: 2027-01-01}]\n" + STAGE, "more than nothing"),
        (f"title: A\nstages: [{{name: A, entry_form: [{DEPENDENT}]}}]", "“Why so” is asked only after .* not above it"),
        (f"title: A\nstages: [{{name: A, entry_form: [{{question: Who}}, {DEPENDENT}]}}]", "“yes”, which is none of"),
        ("title: A\nstages: [" + ", ".join(["{name: A}"] * 11) + "]", "at most 10 stages"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_words_and_leaves_nothing(sqlite: Given, text: str, words: str) -> None:
    story = told(Chapter.DRAFT)

    with pytest.raises(Invalid, match=words):
        begin(story, text)

    assert [line.slug for line in ask(own_prizes, story.owner)] == ["clean-rivers"]


def test_the_published_schema_knows_every_part_and_refuses_others() -> None:
    known = schema()

    assert known["additionalProperties"] is False
    assert set(known["required"]) == {"title", "stages"}
    assert known["$defs"]["RubricPart"]["properties"]["criteria"]["maxItems"] == 30
    assert {"StagePart", "QuestionPart", "CriterionPart", "DatesPart"} <= known["$defs"].keys()
