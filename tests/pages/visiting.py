"""Looking at a page as somebody, without a browser."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from accounts.actors import Actor
from accounts.models import SignInSession
from accounts.sessions import open_session
from storage.database import transact
from tests.choosing import Row, rows_of

MAIN = Path(__file__).parents[2] / "pages" / "shell" / "main.py"
WITHIN_SECONDS = 30
HEAD = re.compile(r'<(header|div) class="laurel-head')
BENEATH = re.compile(r'<span class="laurel-beneath.*?</span>')
TAG = re.compile(r"<[^>]*>")
TITLE = re.compile(r"<h1>(.*?)</h1>")


def visit(actor: Actor, path: str, **parameters: object) -> AppTest:
    """The page at ``path`` as it is drawn for a person who has just signed in."""
    page = AppTest.from_file(str(MAIN), default_timeout=WITHIN_SECONDS)
    page.user = {"account": str(actor.person_id), "session": _signed_in(actor)}
    for name, value in parameters.items():
        page.query_params[name] = str(value)
    return turn(page.run(), path)


def turn(page: AppTest, path: str) -> AppTest:
    """Another page, in the same session."""
    page._page_hash = next(key for key, known in page._registered_pages.items() if known["url_pathname"] == path)
    return page.run()


def words(page: AppTest) -> str:
    """Everything that the page says, apart from its tables."""
    said = [str(element.value) for element in (*page.title, *page.markdown, *page.caption)]
    heads = (element.proto.body for element in page.get("html") if HEAD.match(element.proto.body))
    return "\n".join([*(unescape(TAG.sub(" ", head)) for head in heads), *said])


def title(page: AppTest) -> str:
    """The page's own heading."""
    [found] = [found for element in page.get("html") if (found := TITLE.search(element.proto.body))]
    return unescape(found[1])


def tables(page: AppTest) -> str:
    """The page's tables and other HTML of ours."""
    return "\n".join(element.proto.body for element in page.get("html"))


def row_of(page: AppTest, name: str) -> list[str]:
    """The cells of the only row of a table that begins with a name, without what stands beneath names."""
    shown = BENEATH.sub("", tables(page))
    rows = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", shown)]
    [found] = [cells for row in rows if (cells := [unescape(TAG.sub("", cell)) for cell in row])[:1] == [name]]
    return found


def press(page: AppTest, label: str) -> AppTest:
    """Click the only button of this name."""
    [button] = [button for button in page.button if button.label == label]
    return button.click().run()


def choose(page: AppTest, key: str, option: object) -> AppTest:
    """Choose an option of a segmented control."""
    [group] = [group for group in page.get("button_group") if group.key == key]
    assert isinstance(group, ButtonGroup)
    return group.set_value(option).run()


def card(page: AppTest) -> list[Row]:
    """What the page's scorecard asks."""
    return [row for element in page.get("bidi_component") for row in rows_of(element.proto)]


def said_on_card(page: AppTest) -> str:
    """All that the page's scorecard is told to show."""
    return "\n".join(json.dumps(json.loads(each.proto.json), ensure_ascii=False) for each in _cards(page))


def choose_on_card(page: AppTest, label: str, words: str) -> AppTest:
    """Choose what reads so on a scorecard, as its component sends it."""
    found = [(each.proto, row) for each in _cards(page) for row in rows_of(each.proto)]
    [(component, row)] = [(component, row) for component, row in found if row.label == label]
    states = page._tree.get_widget_states()
    states.widgets.add(id=component.id, json_value=row.sent(uuid4().hex, words))
    return page._run(states)


def _cards(page: AppTest) -> list[Any]:
    return [element for element in page.get("bidi_component") if rows_of(element.proto)]


def _signed_in(actor: Actor) -> str:
    def open_one(db: Session) -> str:
        assert actor.person_id is not None
        open_session(db, actor.person_id)
        rows = db.exec(select(SignInSession).where(col(SignInSession.person_id) == actor.person_id)).all()
        return str(max(rows, key=lambda row: row.created_at).id)

    return transact(open_one)
