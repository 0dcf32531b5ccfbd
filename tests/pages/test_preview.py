"""The preview of a prize's public page: for its team, found by nobody, and framed by ourselves alone."""

from __future__ import annotations

import json
import re

from streamlit.testing.v1 import AppTest

from prize.brief import save_brief
from tests.databases import Given
from tests.pages.public import get
from tests.pages.visiting import tables, visit
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


def previews(page: AppTest) -> list[dict[str, object]]:
    """What the public page beside a part is told."""
    components = (element.proto for element in page.get("bidi_component"))
    return [json.loads(each.json) for each in components if each.component_name == "laurel_public_page"]


def test_the_preview_stands_beside_the_parts_that_it_shows_and_begins_there(sqlite: Given) -> None:
    story = told(Chapter.READY)

    shown = {path: previews(visit(story.designer, path)) for path in ("brief", "fund", "form", "people")}

    assert shown["people"] == []
    [brief], [fund], [form] = shown["brief"], shown["fund"], shown["form"]
    assert (brief["part"], brief["beside"]) == ("", True)
    assert (fund["part"], fund["beside"]) == ("fund", True)
    assert (form["part"], form["beside"]) == ("questions", False)  # it needs the room for what entrants and judges see
    assert str(fund["address"]).startswith(f"{address(story)}?saved=")


def test_the_preview_has_another_address_when_something_else_is_saved_and_then_alone(sqlite: Given) -> None:
    story = told(Chapter.READY)
    page = visit(story.designer, "fund")
    [before] = previews(page)

    [again] = previews(page.run())
    do(save_brief, story.designer, prize_id=story.prize_id, version=2, summary="Two.", problem="P.", eligibility="E.")
    [after] = previews(page.run())

    assert before["address"] == again["address"] != after["address"]


def test_a_published_part_leads_to_where_everybody_reads_it(sqlite: Given) -> None:
    story = told(Chapter.PUBLISHED)

    page = visit(story.designer, "fund")

    assert previews(page) == []
    assert re.search(r'href="/prizes/[\w-]+#fund"[^>]*>Public page<', tables(page))


def test_a_draft_has_no_public_page_to_lead_to(sqlite: Given) -> None:
    assert ">Public page<" not in tables(visit(told(Chapter.DRAFT).designer, "fund"))
