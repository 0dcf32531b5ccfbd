"""A page is sent when all of it is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state import SafeSessionState, SessionState

from pages.shell.in_one_go import in_one_go


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """What has gone to the browser, of a page that is drawn in this thread."""
    words: list[str] = []

    def send(message: ForwardMsg) -> None:
        words.append(message.delta.new_element.html.body)

    before = get_script_run_ctx(suppress_warning=True)
    add_script_run_ctx(
        ctx=ScriptRunContext(
            session_id="drawn in a test",
            _enqueue=send,
            query_string="",
            session_state=SafeSessionState(SessionState(), lambda: None),
            uploaded_file_mgr=MemoryUploadedFileManager("/files"),
            main_script_path="",
            user_info={},
            fragment_storage=MemoryFragmentStorage(),
            pages_manager=PagesManager(""),
        )
    )
    yield words
    add_script_run_ctx(ctx=before)


def test_nothing_of_a_page_is_sent_before_all_of_it_is_drawn_and_then_in_its_order(sent: list[str]) -> None:
    with in_one_go(seconds=60):
        st.html("first")
        st.html("second")
        before = list(sent)

    assert (before, sent) == ([], ["first", "second"])
    st.html("later")
    assert sent[-1] == "later"


def test_a_page_that_takes_longer_is_sent_as_it_is_drawn(sent: list[str]) -> None:
    with in_one_go(seconds=0):
        st.html("first")
        at_first = list(sent)
        st.html("second")

    assert (at_first, sent) == (["first"], ["first", "second"])


def test_what_was_drawn_before_a_page_was_broken_off_is_sent(sent: list[str]) -> None:
    def draw() -> None:
        with in_one_go():
            st.html("first")
            raise ValueError("broken off")

    with pytest.raises(ValueError, match="broken off"):
        draw()

    assert sent == ["first"]
