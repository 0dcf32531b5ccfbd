"""A team learns by role who has read its entry, of judges only how many and only after the release."""

from __future__ import annotations

from sqlmodel import Session, col, select

from accounts.models import Role
from judging.models import Assignment
from judging.readers import Readers, own_readers
from storage.database import transact
from tests.databases import Given
from tests.pages.visiting import row_of, visit, words
from tests.stories import CLOSES, Chapter, Story, told
from tests.world import ask

BY_SECRETARIAT = Readers(Role.SECRETARIAT, 1, None, CLOSES.date())


def readers(story: Story) -> tuple[Readers, ...]:
    return ask(own_readers, story.entrant, entry_id=story.entry_id)


def test_before_anybody_has_decided_something_nobody_has_read_it(sqlite: Given) -> None:
    assert readers(told(Chapter.CLOSED)) == ()


def test_before_the_release_nothing_is_told_of_judges(database: Given) -> None:
    assert readers(told(Chapter.CONFIRMED)) == (BY_SECRETARIAT,)


def test_after_the_release_the_number_of_judges_is_told_and_no_day(database: Given) -> None:
    story = told(Chapter.RELEASED)
    assert readers(story) == (BY_SECRETARIAT, Readers(Role.JUDGE, 2, 2, None))

    def take_one_back(db: Session) -> None:
        row = db.exec(select(Assignment).where(col(Assignment.entry_id) == story.entry_id)).first()
        assert row is not None
        row.withdrawn_at = row.assigned_at
        db.add(row)

    transact(take_one_back)
    assert readers(story)[1] == Readers(Role.JUDGE, 1, 1, None)


def test_the_page_says_it_in_words(sqlite: Given) -> None:
    story = told(Chapter.RELEASED)
    page = visit(story.entrant, "entry")
    page.query_params["entry"] = str(story.entry_id)

    page = page.run()

    assert row_of(page, "Secretariat") == ["Secretariat", "1 person, since 31 March 2027"]
    assert row_of(page, "Judges") == ["Judges", "2 of 2 who were asked have scored it"]
    assert "Which judges they were is not told." in words(page)
