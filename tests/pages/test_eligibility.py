"""Eligibility questions where designers write them, strangers try them, entrants answer them and they are screened."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import SQLModel, func, select

from accounts.actors import LAUREL
from prize.closing import close_stage
from prize.eligibility import eligibility_questions
from prize.entries.submission import submit_entry
from prize.models import Otherwise
from storage import clock
from storage.database import reading, transact
from tests.databases import Given
from tests.pages.public import get, post
from tests.pages.visiting import press, title, visit, words
from tests.prize.test_eligibility import asked, published, started
from tests.stories import CLOSES, SLUG, Chapter, told, write
from tests.world import World, ask, do

PAGE = f"/prizes/{SLUG}"


def test_a_designer_writes_a_question_and_takes_it_out(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "eligibility")
    assert "No questions yet" in words(page)
    page.text_area[0].input("Are you over 16?")
    page.text_area[1].input("Whoever enters is over 16.")

    page = press(page, "Add question")

    assert "Otherwise they read: Whoever enters is over 16." in words(page)
    [question] = ask(eligibility_questions, story.designer, prize_id=story.prize_id).questions
    assert (question.needed, question.otherwise) == (True, Otherwise.DECIDES)
    assert "No questions yet" in words(press(page, "Remove question"))


def test_a_stranger_learns_whether_they_may_enter_and_nothing_is_kept(sqlite: Given) -> None:
    story = told(Chapter.READY)
    age, state = asked(story)
    published(story)
    assert "Are you over 16?" in get(PAGE).body
    before = _rows()

    said = [
        post(f"{PAGE}/eligibility", **{str(age): one, str(state): two}).body
        for one, two in (("yes", "no"), ("yes", "yes"), ("no", "yes"))
    ]

    assert "By your answers you may enter." in said[0]
    assert "Ask the secretariat" in said[1]
    assert "Tell us where you work." in said[1]
    assert "you are not eligible" in said[2]
    assert "Whoever enters is over 16." in said[2]
    half = post(f"{PAGE}/eligibility", **{str(age): "yes"})
    assert (half.status, "1 has no answer yet" in half.body) == (422, True)
    assert _rows() == before


def test_whoever_starts_an_entry_answers_the_same_questions(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.READY)
    age, state = asked(story)
    published(story)
    page = visit(world.person("ada"), "start-entry")
    page.query_params["stage"] = str(story.stage_id)
    page.run().text_input[0].input("Ada’s mussels")
    page = press(page, "Start the entry")
    assert "has no answer yet" in page.error[0].value

    page.radio(key=f"eligible-{age}").set_value("No")
    page.radio(key=f"eligible-{state}").set_value("Yes")
    page = press(page, "Start the entry")
    assert "Whoever enters is over 16." in page.error[0].value

    page.radio(key=f"eligible-{age}").set_value("Yes")
    press(page, "Start the entry")
    entry_id = started(story, world.person("ada"))
    page = visit(world.person("ada"), "entry")
    page.query_params["entry"] = str(entry_id)
    page.run()
    assert title(page) == "Ada’s mussels"
    assert "Tell us where you work." in page.info[0].value


def test_the_secretariat_reads_the_answers_when_it_screens(sqlite: Given) -> None:
    world = World()
    story = told(Chapter.READY)
    age, state = asked(story)
    published(story)
    ada = world.person("ada")
    entry_id = started(story, ada, (age, True), (state, True))
    answers = {story.questions["method"]: "Mussels.", story.questions["team"]: "We are Ada’s mussels."}
    transact(lambda db: write(db, ada, entry_id, answers))
    do(submit_entry, ada, entry_id=entry_id, accepts_rules=True)
    transact(lambda db: clock.move_to(db, CLOSES + timedelta(hours=1)))
    do(close_stage, LAUREL, stage_id=story.stage_id)

    page = visit(story.secretariat, "entries")
    page.query_params["entry"] = str(entry_id)
    page.run()

    assert "Do you work for the state?  \n**Yes**" in words(page)
    assert "Tell us where you work." in words(page)


def _rows() -> int:
    with reading() as db:
        return sum(
            db.connection().execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        )
