"""Whatever is edited in whatever order: a published prize stays one that could be published."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from prize.brief import newest_brief, newest_rules
from prize.changes import change_brief, change_dates, change_drawing, change_rules, changes_of
from prize.eligibility import eligibility_of
from prize.eligibility_changes import ChangedEligibilityQuestion, change_eligibility
from prize.form import add_question, change_question, newest_form, questions_of, remove_question
from prize.form_changes import begin_form_change, discard_form_change, publish_form_change
from prize.fund import fund_of
from prize.fund_changes import ChangedAward, add_to_fund, change_awards
from prize.models import ContributionKind, Otherwise, QuestionKind, Seen, Stage
from prize.readiness import readiness_of
from prize.rubric import rubric_of
from prize.rubric_changes import ChangedCriterion, change_rubric
from prize.stages import dates_of
from storage.database import reading
from storage.errors import Closed, Invalid
from tests.databases import on_sqlite
from tests.stories import DAY, OPENS, Chapter, told
from tests.world import do

WORDS = st.sampled_from(("", " ", "Clean two rivers.", "Rivers are dirty.", "<b>Anybody</b>", "x" * 700))
KINDS = st.sampled_from(ContributionKind)
POUNDS = st.integers(0, 120_000).map(lambda pounds: pounds * 100)
NEW_AWARDS = st.builds(ChangedAward, st.none(), WORDS, KINDS, st.integers(0, 3), POUNDS)
ASKED = st.builds(ChangedEligibilityQuestion, WORDS, st.booleans(), st.sampled_from(Otherwise), WORDS)
WHY = "Somebody has looked at it again."


class Editing(RuleBasedStateMachine):
    """A prize that two teams have entered, whose entries can still be changed, and everything that its staff can do."""

    template: Path
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.opened.enter_context(on_sqlite(self.template, self.folder / uuid4().hex))
        self.story = told(Chapter.SUBMITTED)
        self.here = {"prize_id": self.story.prize_id}
        self.stage = {**self.here, "stage_id": self.story.stage_id}

    def teardown(self) -> None:
        self.opened.close()

    def edit(self, command: Callable[..., object], **arguments: Any) -> None:
        """Try it: what is refused is refused in words, and what is not has to leave the prize ready."""
        with suppress(Invalid, Closed):
            do(command, self.story.designer, **arguments)

    def read(self, query: Callable[..., Any], *about: Any) -> Any:
        with reading() as db:
            return query(db, *about)

    def questions(self) -> tuple[Any, ...]:
        """Those of a new version of the form, which is begun if there is none."""
        self.edit(begin_form_change, **self.stage)
        return self.read(lambda db: questions_of(db, newest_form(db, self.story.stage_id).id))

    @rule(summary=WORDS, problem=WORDS, eligibility=WORDS)
    def rewrite_the_brief(self, **texts: str) -> None:
        version = self.read(newest_brief, self.story.prize_id).version
        self.edit(change_brief, **self.here, version=version, reason=WHY, **texts)

    @rule(text=WORDS)
    def rewrite_the_rules(self, text: str) -> None:
        version = self.read(newest_rules, self.story.prize_id).version
        self.edit(change_rules, **self.here, version=version, reason=WHY, text=text)

    @rule(days=st.lists(st.integers(-40, 40), min_size=4, max_size=4))
    def move_the_dates(self, days: list[int]) -> None:
        dates = self.read(dates_of, self.story.stage_id)
        names = ("opens_at", "closes_at", "judging_closes_at", "decision_at")
        moved = {name: getattr(dates, name) + by * DAY for name, by in zip(names, days, strict=True)}
        moved |= {"opens_at": OPENS} if days[0] < 20 else {}
        self.edit(change_dates, **self.stage, version=dates.version, reason=WHY, **moved)

    @rule(may_draw=st.booleans())
    def draw_or_not(self, may_draw: bool) -> None:
        version = self.read(lambda db: db.get_one(Stage, self.story.stage_id).version)
        self.edit(change_drawing, **self.stage, version=version, may_draw=may_draw, reason=WHY)

    @rule(
        first=st.integers(-1, 101),
        sum_=st.sampled_from((100, 100, 99)),
        seen=st.tuples(*[st.sampled_from(Seen)] * 2),
        level=WORDS,
        threshold=st.one_of(st.none(), st.integers(0, 600)),
    )
    def change_what_is_scored(
        self, first: int, sum_: int, seen: tuple[Seen, ...], level: str, threshold: int | None
    ) -> None:
        shown = self.read(rubric_of, self.story.stage_id)
        criteria = tuple(
            ChangedCriterion(row.key, row.question, weight, threshold, sight, (level, *row.levels[1:]))
            for row, weight, sight in zip(shown.criteria, (first, sum_ - first), seen, strict=True)
        )
        self.edit(change_rubric, **self.stage, version=shown.version, criteria=criteria, reason=WHY)

    @rule(wording=WORDS, reveals=st.booleans())
    def ask_more(self, wording: str, reveals: bool) -> None:
        self.questions()
        self.edit(add_question, **self.stage, kind=QuestionKind.TEXT, wording=wording, reveals_identity=reveals)

    @rule(at=st.integers(0, 4))
    def ask_less(self, at: int) -> None:
        for question in self.questions()[at : at + 1]:
            self.edit(remove_question, **self.stage, question_key=question.key)

    @rule(at=st.integers(0, 4), reveals=st.booleans())
    def ask_otherwise(self, at: int, reveals: bool) -> None:
        for question in self.questions()[at : at + 1]:
            asked = {"kind": QuestionKind.TEXT, "wording": "What is it?", "reveals_identity": reveals}
            self.edit(change_question, **self.stage, question_key=question.key, version=question.version, **asked)

    @rule()
    def throw_the_form_away(self) -> None:
        version = self.read(newest_form, self.story.stage_id).version
        self.edit(discard_form_change, **self.stage, version=version)

    @rule()
    def publish_the_form(self) -> None:
        version = self.read(newest_form, self.story.stage_id).version
        self.edit(publish_form_change, **self.stage, version=version, reason=WHY)

    @rule(kind=KINDS, minor=POUNDS, contributor=WORDS)
    def give_more(self, **given: Any) -> None:
        self.edit(add_to_fund, **self.here, given_on=OPENS.date(), reason=WHY, **given)

    @rule(kept=st.lists(st.tuples(st.integers(0, 3), POUNDS), max_size=3), new=st.lists(NEW_AWARDS, max_size=2))
    def divide_otherwise(self, kept: list[tuple[int, int]], new: list[ChangedAward]) -> None:
        shown = self.read(fund_of, self.story.prize_id)
        changed = [
            ChangedAward(row.key, row.name, row.kind, count, minor)
            for row, (count, minor) in zip(shown.awards, kept, strict=False)
        ]
        self.edit(change_awards, **self.here, version=shown.version, awards=(*changed, *new), reason=WHY)

    @rule(asked=st.lists(ASKED, max_size=3))
    def ask_who_may_enter(self, asked: list[ChangedEligibilityQuestion]) -> None:
        version = self.read(eligibility_of, self.story.prize_id).version
        self.edit(change_eligibility, **self.here, version=version, questions=tuple(asked), reason=WHY)

    @invariant()
    def what_is_published_could_be_published_again(self) -> None:
        form = self.read(newest_form, self.story.stage_id)
        checks = self.read(readiness_of, self.story.prize_id)
        if form.published_at is None:  # what is being written aside does not count before it is published
            checks = [check for check in checks if check.place != "form"]
        assert [check.words for check in checks if not check.done] == []

    @invariant()
    def no_more_is_promised_than_there_is(self) -> None:
        fund = self.read(fund_of, self.story.prize_id)
        assert fund.left.minor >= 0 <= fund.left_in_kind.minor

    @invariant()
    def every_change_has_its_reason(self) -> None:
        assert {line.reason for line in self.read(changes_of, self.story.prize_id)} <= {WHY}


@pytest.mark.hypothesis
@pytest.mark.timeout(900)
def test_no_order_of_edits_leaves_a_published_prize_that_could_not_be_published(
    sqlite_template: Path, installation: Path
) -> None:
    machine = type("EditingHere", (Editing,), {"template": sqlite_template, "folder": installation})

    run_state_machine_as_test(
        machine, settings=settings(max_examples=max(10, settings().max_examples // 20), stateful_step_count=20)
    )
