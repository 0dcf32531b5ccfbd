"""The preview of a prize's public page: for its team, found by nobody, and framed by ourselves alone."""

from __future__ import annotations

from prize.brief import save_brief
from tests.databases import Given
from tests.pages.public import get
from tests.pages.visiting import visit
from tests.stories import Chapter, Story, told
from tests.world import World, do

SCRIPT = "<script>alert(1)</script> [a link](javascript:alert(2)) ![a picture](https://evil.test/x.png) **bold**"


def address(story: Story) -> str:
    return f"/preview/{story.prize_id}"


def test_the_team_of_a_draft_sees_its_public_page(sqlite: Given) -> None:
    story = told(Chapter.READY)

    for actor in (story.designer, story.owner, story.sponsor, story.secretariat):
        answer = get(address(story), actor)
        assert (answer.status, "Rivers are dirty." in answer.body, "What can be won" in answer.body) == (
            200,
            True,
            True,
        )


def test_a_stranger_and_somebody_without_a_part_in_the_prize_see_nothing_of_it(sqlite: Given) -> None:
    story, ada = told(Chapter.READY), World().person("ada")

    for actor in (None, ada, story.payer):
        answer = get(address(story), actor)
        assert answer.status in (403, 404)
        assert "Rivers are dirty." not in answer.body


def test_it_is_found_by_no_search_engine_and_framed_by_ourselves_alone(sqlite: Given) -> None:
    story = told(Chapter.READY)

    answer = get(address(story), story.designer)

    assert answer.all_of("x-robots-tag") == ("noindex",)
    [policy] = answer.all_of("content-security-policy")
    assert "frame-ancestors 'self'" in policy.split("; ")
    assert "default-src 'self'" in policy.split("; ")
    assert "unsafe" not in next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert answer.all_of("x-frame-options") == ("SAMEORIGIN",)
    assert answer.header("cache-control") == "no-store"


def test_a_brief_with_scripts_shows_their_words_and_runs_nothing(sqlite: Given) -> None:
    story = told(Chapter.DRAFT)
    texts = {"summary": SCRIPT, "problem": SCRIPT, "eligibility": SCRIPT}
    do(save_brief, story.designer, prize_id=story.prize_id, version=1, **texts)

    body = get(address(story), story.designer).body

    assert "<script" not in body
    assert 'href="javascript' not in body
    assert "evil.test" not in body.replace("![a picture](https://evil.test/x.png)", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "<strong>bold</strong>" in body


def test_the_preview_is_folded_into_the_pages_of_what_it_shows(sqlite: Given) -> None:
    story = told(Chapter.READY)

    labels = {path: [box.label for box in visit(story.designer, path).expander] for path in ("fund", "people")}

    assert "The public page, as saved" in labels["fund"]
    assert "The public page, as saved" not in labels["people"]
