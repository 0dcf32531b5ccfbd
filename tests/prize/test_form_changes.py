"""The entry form changed after its publication: with a reason, for everybody to read, and told to who has entered."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select

from judging.blinding import blind_answers
from prize.changes import changes_of
from prize.entries.models import EntryVersion
from prize.entries.own import own_entry
from prize.entries.screening import screened_entry
from prize.entries.submission import submit_entry
from prize.form import add_question, change_question, form, remove_question
from prize.form_changes import begin_form_change, discard_form_change, form_change, publish_form_change
from prize.models import QuestionKind
from prize.publication import public_prize
from storage.database import reading, transact
from storage.errors import Closed, Invalid, Stale
from storage.mail import Mail
from tests.databases import Given
from tests.stories import SLUG, Chapter, Story, go_on, told, write
from tests.world import ask, do

METHOD = {"kind": QuestionKind.TEXT, "wording": "How does it work?", "word_limit": 50}
REASON = "Two teams asked what is meant."


def act(story: Story, command: Any, **more: Any) -> Any:
    return do(command, story.designer, prize_id=story.prize_id, stage_id=story.stage_id, **more)


def reword(story: Story, **other: Any) -> None:
    act(story, change_question, question_key=story.questions["method"], version=1, **{**METHOD, **other})


def publish(story: Story) -> int:
    present = ask(form_change, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)
    assert present is not None
    number: int = act(story, publish_form_change, version=present.version, reason=REASON)
    return number


def asked(story: Story) -> list[str]:
    return [answer.question.wording for answer in ask(own_entry, story.entrant, entry_id=story.entry_id).answers]


def mails(about: str) -> dict[str, str]:
    with reading() as db:
        return {mail.recipient: mail.text for mail in db.exec(select(Mail)).all() if mail.subject.startswith(about)}


def test_a_published_form_is_changed_aside_and_nobody_sees_it_before_it_is_published(database: Given) -> None:
    story = told(Chapter.WRITTEN)
    with pytest.raises(Closed, match="Begin a change of it"):
        reword(story, wording="How?")

    assert act(story, begin_form_change) == 2
    reword(story, wording="How, in short?")
    act(story, add_question, kind=QuestionKind.DATE, wording="Since when?")

    assert asked(story) == ["How does it work?", "Who are you?", "A document with figures"]
    public = ask(public_prize, story.entrant, slug=SLUG)
    assert [question.wording for question in public.stages[0].questions] == asked(story)
    with pytest.raises(Invalid, match="begun already"):
        act(story, begin_form_change)

    assert publish(story) == 2

    assert asked(story) == ["How, in short?", "Who are you?", "A document with figures", "Since when?"]
    method = ask(own_entry, story.entrant, entry_id=story.entry_id).answers[0]
    assert method.text == "Mussels filter the water, and we count them."
    with reading() as db:
        line = changes_of(db, story.prize_id)[0]
    assert (line.what, line.reason) == ("First stage: the entry form is now version 2, with 2 changes", REASON)
    assert len(mails("Clean rivers has changed")) == 2
    with pytest.raises(Closed):
        reword(story)


def test_a_change_can_be_thrown_away_and_the_published_form_stands(database: Given) -> None:
    story = told(Chapter.PUBLISHED)
    act(story, begin_form_change)
    with pytest.raises(Invalid, match="Nothing was changed"):
        publish(story)
    reword(story, wording="How?")
    with pytest.raises(Stale):
        act(story, discard_form_change, version=1)

    act(story, discard_form_change, version=2)

    shown = ask(form, story.designer, prize_id=story.prize_id, stage_id=story.stage_id)
    assert [question.wording for question in shown] == ["How does it work?", "Who are you?", "A document with figures"]
    with pytest.raises(Closed, match="No change of this form has been begun"):
        act(story, discard_form_change, version=1)
    assert act(story, begin_form_change) == 2


def test_what_was_submitted_stands_under_its_form_and_its_team_is_told_what_to_do(database: Given) -> None:
    story = told(Chapter.SUBMITTED)
    act(story, begin_form_change)
    act(story, remove_question, question_key=story.questions["document"])
    since = act(story, add_question, kind=QuestionKind.DATE, wording="Since when?")

    publish(story)

    told_to = mails("The entry form of Clean rivers")
    assert len(told_to) == 2
    assert not mails("Clean rivers has changed")
    for text in told_to.values():
        assert "- New question, has to be answered: “Since when?”\n- No longer asked: “A document with figures”" in text
        assert f"The reason: {REASON}" in text
        assert "under version 1 of the form, and is judged so. To answer the form as it is now" in text
        assert "submit it again until Wednesday 31 March 2027, 13:00 (London)" in text
    seen = ask(screened_entry, story.secretariat, entry_id=story.entry_id)
    assert [answer.question.wording for answer in seen.answers][-1] == "A document with figures"
    with reading() as db:
        assert [answer.wording for answer in blind_answers(db, story.entry_id)][-1] == "A document with figures"
    own = ask(own_entry, story.entrant, entry_id=story.entry_id)
    assert own.form_changed
    with pytest.raises(Invalid, match="“Since when\\?” has no answer yet"):
        do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    transact(lambda db: write(db, story.entrant, story.entry_id, {since: "2020-03-01"}))
    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    assert not ask(own_entry, story.entrant, entry_id=story.entry_id).form_changed
    with reading() as db:
        forms = db.exec(select(EntryVersion.form_id).where(col(EntryVersion.entry_id) == story.entry_id)).all()
        assert len(set(forms)) == 2
        assert [answer.wording for answer in blind_answers(db, story.entry_id)][-1] == "Since when?"


def test_a_correction_asks_nothing_of_those_who_have_submitted(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    act(story, begin_form_change)
    reword(story, wording="How does it work, in short?", word_limit=80)
    act(story, add_question, kind=QuestionKind.TEXT, wording="Anything else?", required=False)

    publish(story)

    assert all("You need not do anything." in text for text in mails("The entry form of Clean rivers").values())


def test_what_judges_are_no_longer_to_see_is_kept_from_them_in_what_was_submitted_before(sqlite: Given) -> None:
    story = told(Chapter.SUBMITTED)
    act(story, begin_form_change)
    reword(story, reveals_identity=True)

    publish(story)

    with reading() as db:
        assert [answer.wording for answer in blind_answers(db, story.entry_id)] == ["A document with figures"]


def test_a_form_stands_once_entries_can_no_longer_be_changed(sqlite: Given) -> None:
    story = told(Chapter.CLOSED)

    with pytest.raises(Closed, match="can no longer be changed, so its form stands"):
        act(story, begin_form_change)


def test_what_is_kept_later_keeps_what_was_asked_after_it(sqlite: Given) -> None:
    story = told(Chapter.READY)
    river = act(story, add_question, kind=QuestionKind.CHOICE, wording="Which river?", options=("Thames", "Severn"))
    after = {"only_if": river, "only_if_answers": ("Thames",)}
    since = act(story, add_question, kind=QuestionKind.DATE, wording="Since when?", **after)
    story.questions |= {"river": river, "since": since}
    go_on(story, Chapter.READY, Chapter.WRITTEN)
    said = {river: "Thames", since: "2020-05-01"}
    transact(lambda db: write(db, story.entrant, story.entry_id, said, number=2))
    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    act(story, begin_form_change)
    act(story, remove_question, question_key=since)
    asked_now = {"kind": QuestionKind.CHOICE, "wording": "Which river?", "options": ("Thames", "Severn")}
    act(story, change_question, question_key=river, version=1, **asked_now, confidential=True)
    publish(story)

    read = transact(lambda db: blind_answers(db, story.entry_id))
    assert [answer.wording for answer in read] == ["How does it work?", "A document with figures"]


def test_what_was_given_to_a_question_of_another_kind_does_not_go_along(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    act(story, begin_form_change)
    act(story, change_question, question_key=story.questions["method"], version=1, **{
        **METHOD, "kind": QuestionKind.FILE, "required": False, "word_limit": None
    })  # fmt: skip
    publish(story)

    do(submit_entry, story.entrant, entry_id=story.entry_id, accepts_rules=True)

    with reading() as db:
        version = db.exec(select(EntryVersion).where(col(EntryVersion.entry_id) == story.entry_id)).one()
        assert version.answers.get(str(story.questions["method"]), "") == ""


def test_particulars_that_come_late_do_not_turn_a_no_into_a_yes(sqlite: Given) -> None:
    story = told(Chapter.READY)
    permit = act(
        story, add_question, kind=QuestionKind.DECLARATION, wording="Is a permit missing?", particulars="Which?"
    )
    go_on(story, Chapter.READY, Chapter.WRITTEN)
    transact(lambda db: write(db, story.entrant, story.entry_id, {permit: "no"}, number=2))

    with pytest.raises(Closed, match="answered with “no” meanwhile"):
        transact(lambda db: write(db, story.entrant, story.entry_id, {permit: "yes\nA licence"}, number=3))
