"""People's words are shown exactly as they were typed: nothing in them becomes a link, an image, a colour or a list."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from pages.components.words import Marked, marked, nbsp_percent, plain
from tests.server import free_port

ROOT = Path(__file__).parents[2]

HOSTILE = (
    "**bold** __bold__ *i* _i_ ~~gone~~ ~gone~ `code` ``code``",
    "# A heading",
    "## A heading",
    "- a list",
    "+ a list",
    "* a list",
    "1. a list",
    "12) a list",
    "> a quotation",
    "---",
    "===",
    "***",
    "| a | b |",
    "    indented code",
    "```python",
    "~~~",
    "[a link](https://evil.example) ![an image](https://evil.example/a.png)",
    "[a link][ref] [^1] [x]: https://evil.example",
    "<https://evil.example> https://evil.example HTTP://evil.example/a_b_c www.evil.example a.b@evil.example",
    "<b>bold</b> <script>alert(1)</script> <img src=x onerror=alert(1)> <!-- gone -->",
    "&amp; &lt;b&gt; &#58; &copy; R&D AT&T;",
    ":red[red] :blue-background[x] :green-badge[x] :small[x] :help[x] :color[x]{foreground=red} :rainbow[x]",
    ":smile: :+1: :-1: :100: a:smile:b ::smile:: :smile:smile:",
    "x:material/y :material/home: :material_home: :streamlit: :shimmer[x]",
    ":::note",
    "::leaf[x]{a=b}",
    "$x^2$ $$x^2$$ \\(x\\) \\[x\\] costs $5 or $6",
    "a -> b <- c <-> d -- e >= f <= g ~= h => i",
    "-> at the beginning and at the end --",
    "a backslash \\ and \\* another \\",
    "12:00, 11:20:30, http: //x, 3:1, co-op, 50_000, snake_case_name, f(x) {y}",
    "Ünïcode — “quotes” 日本語 ✓",
)


MARKUP = (
    "a, img, strong, em, del, code, pre, ul, ol, blockquote, hr, table, .katex, math, h2, h3, button, "
    '[role="img"], [style*="color"], [style*="font"]'
)


def test_lines_become_paragraphs_and_empty_lines_go():
    assert plain("one\n  two  \r\n\n\nthree") == "one\n\ntwo\n\nthree"


def test_plain_words_are_left_as_they_are():
    words = "Great Britain's electricity, by 2030 (95 %): clean - and reliable; 11:20."

    assert plain(words) == words


def test_marked_text_is_not_escaped_twice():
    assert plain(plain("*a*")) == plain("*a*") == "\\*a\\*"


def test_marked_escapes_what_is_put_in_and_joins_its_lines():
    words = marked("**{}** of {}", "a*b\nc", "[d](e)")

    assert words == "**a\\*b c** of \\[d\\](e)"
    assert isinstance(words, Marked)


def test_a_per_cent_sign_stays_with_its_number():
    assert nbsp_percent("42% of 7 %, %d") == "42\u00a0% of 7\u00a0%, %d"


@pytest.fixture(scope="module")
def browser_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of the real Streamlit that shows every hostile text in Markdown, as a caption, a title and a label."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert browser, "No browser found: install chromium or set CHROMIUM."
    folder = tmp_path_factory.mktemp("words")
    script = folder / "words.py"
    script.write_text(
        "import sys\n"
        f"sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]\n"
        "import streamlit as st\n"
        "from test_words import HOSTILE\n"
        "from pages.components.words import marked, one_line, plain\n"
        "for at, text in enumerate(HOSTILE):\n"
        "    for kind, show in (('block', lambda t: st.markdown(plain(t))),\n"
        "            ('caption', lambda t: st.caption(plain(t))),\n"
        "            ('title', lambda t: st.title(one_line(t), anchor=False)),\n"
        "            ('inline', lambda t: st.markdown(marked('{}', t))),\n"
        "            ('checkbox', lambda t: st.checkbox(one_line(t), key=f'c{at}'))):\n"
        "        with st.container(key=f'{kind}-{at}'):\n"
        "            show(text)\n"
        "st.markdown('Finished', width='content')\n"
    )
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    settings = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    server = subprocess.Popen([*command, *settings, "--browser.gatherUsageStats", "false"], cwd=folder)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=browser, args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
            )
            page = chromium.new_page()
            page.goto(f"http://127.0.0.1:{port}")
            page.get_by_text("Finished").wait_for(timeout=30_000)
            # The shortcodes' plugin is loaded late; an unescaped one would be drawn only then.
            page.wait_for_timeout(1_000)
            yield page
            chromium.close()
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_for(address: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer.")


@pytest.mark.parametrize("kind", ["block", "caption", "title", "inline", "checkbox"])
def test_the_browser_shows_what_was_typed(browser_page: Page, kind: str):
    words = "h1, [data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]"
    read = f"element => element.querySelector('{words}').textContent"

    shown = [browser_page.eval_on_selector(f".st-key-{kind}-{at}", read) for at in range(len(HOSTILE))]

    assert [_joined(text) for text in shown] == [_joined(text) for text in HOSTILE]


def test_the_browser_makes_nothing_but_paragraphs_of_it(browser_page: Page):
    made = browser_page.eval_on_selector_all(f'[class*="st-key-"] :is({MARKUP})', "all => all.map(e => e.outerHTML)")

    assert made == []


def _joined(text: str) -> str:
    return " ".join(text.split())
