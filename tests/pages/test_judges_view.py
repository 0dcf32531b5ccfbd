"""A team looks at its own entry as judges see it."""

from __future__ import annotations

from tests.databases import Given
from tests.pages.visiting import tables, visit, words
from tests.prize.entries.test_name_checks import work
from tests.stories import Chapter, told


def test_the_draft_is_shown_without_what_judges_do_not_see(sqlite: Given) -> None:
    story = told(Chapter.WRITTEN)
    work()
    page = visit(story.entrant, "as-judges-see-it")
    assert "No entry chosen" in words(page)
    page.query_params["entry"] = str(story.entry_id)

    page = page.run()

    assert not page.exception
    assert "Mussels filter the water, and we count them." in tables(page)
    assert "We are Acorn Labs." not in tables(page)
    assert "- “Who are you?” Judges do not see this." in words(page)
    assert "This is your draft, as if the stage closed now." in words(page)
