"""Laurel's judging room beside a bare Streamlit page, in one browser and by turns: median, 95th percentile, ratio.

``make bench``, or ``python -m benchmarks.judging_room --help``. It starts both servers on this computer alone, fills
Laurel by its own commands, signs a judge in by password, and prints what each wait took. It asserts nothing. With
``--at-once`` it goes on to many judges at once, which ``benchmarks/judges_at_once.py`` measures without a browser.
"""

from __future__ import annotations

import argparse
import http.client
import math
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import streamlit
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.content import CRITERIA, POINTS, level_words
from tests.chromium import ARGUMENTS, find_browser
from tests.server import free_port, running_laurel

ROOT: Final = Path(__file__).parents[1]
ENVIRONMENT: Final = {"LAUREL_SECRET_KEY": "only for measuring, and long enough for the settings"}
PATIENCE_SECONDS: Final = 60.0
WARMING_UP: Final = 3

WATCH: Final = """
([condition, fromClick]) => {
  const holds = new Function(`return (${condition})`)()
  let began = fromClick ? null : 0
  window.laurelMeasured = new Promise((resolve) => {
    const look = () => {
      if (began === null || !holds()) return
      observer.disconnect()
      resolve(performance.now() - began)
    }
    const observer = new MutationObserver(look)
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
    if (fromClick) addEventListener("click", (event) => { began = event.timeStamp }, { capture: true, once: true })
    look()
  })
}
"""
"""In the page itself, so that nothing of the driver is measured: from the click, or from the beginning of the
navigation, to the first change of the document after which the condition holds."""

IDLE: Final = """document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning" """


def list_is_there(entries: int) -> str:
    """Every assignment is a link, and Streamlit has finished drawing."""
    return f"""() => {IDLE} && document.querySelector("h1")?.textContent === "Entries to judge"
        && document.querySelectorAll('table a[href*="/scoring?entry="]').length === {entries}"""


def form_is_ready(entry: str) -> str:
    """The page has turned from ``entry``, and all choices of another entry's scorecard are there and enabled."""
    choices = len(CRITERIA) * (len(POINTS) + 1)
    return f"""() => {{
        const entry = new URLSearchParams(location.search).get("entry")
        if (!entry || entry === "{entry}" || !({IDLE})) return false
        const rows = `[class*="st-key-score-${{entry}}"], .choices[data-about="${{entry}}"] .options`
        return document.querySelectorAll(`:is(${{rows}}) button:enabled`).length === {choices}
    }}"""


def score_is_saved(criterion: str, points: int) -> str:
    """The words of the level, which are drawn from what is stored, and the line that says it was saved."""
    words = f"{points}: {level_words(criterion, points)}"
    return f"""() => {{
        const text = document.querySelector(".st-key-scorecard")?.textContent ?? ""
        return text.includes("Saved ") && text.includes("{words}")
    }}"""


@dataclass
class Judge:
    """A judge at one of the two applications, in a window of their own."""

    page: Page
    url: str
    entries: int
    addresses: list[str] = field(default_factory=list)
    scores: int = 0
    turned: int = 0

    def open_list(self) -> float:
        """The list at its address, as from a bookmark: the whole application is loaded from the browser's cache."""
        self.page.goto(f"{self.url}/judging", wait_until="commit")
        return self._seen(list_is_there(self.entries), from_click=False)

    def back_to_list(self) -> float:
        """The list by the navigation, from the scoring room."""
        self._open_entry(self.entries // 2)
        link = self.page.get_by_role("link", name="Entries to judge", exact=True).first
        return self._seen(list_is_there(self.entries), link.click)

    def next_entry(self) -> float:
        self.turned += 1
        if self.turned % (self.entries - 1) == 1 or "entry=" not in self.page.url:
            self._open_entry(0)
        button = self.page.get_by_role("button", name="Next entry", exact=True)
        return self._seen(form_is_ready(self._entry()), button.click)

    def change_score(self) -> float:
        """Another level for one criterion after the other, on an entry that was scored before."""
        if self.scores == 0:
            self._open_entry(1)
        place, turn = self.scores % len(CRITERIA), self.scores // len(CRITERIA)
        points = POINTS[turn % len(POINTS)]
        self.scores += 1
        row = self.page.get_by_role("radiogroup").nth(place)
        if row.get_by_role("radio", name=str(points), exact=True).get_attribute("aria-checked") == "true":
            return self.change_score()
        choice = row.get_by_role("radio", name=str(points), exact=True)
        return self._seen(score_is_saved(CRITERIA[place][0], points), choice.click)

    def _open_entry(self, place: int) -> None:
        """Not measured."""
        if not self.addresses:
            self.open_list()
            links = self.page.locator('table a[href*="/scoring?entry="]').all()
            self.addresses = [f"{self.url}{link.get_attribute('href')}" for link in links]
        self.page.goto(self.addresses[place], wait_until="commit")
        self._seen(form_is_ready(""), from_click=False)

    def _entry(self) -> str:
        found = re.search(r"[?&]entry=([^&]+)", self.page.url)
        return found[1] if found else ""

    def _seen(self, condition: str, click: Callable[[], None] | None = None, *, from_click: bool = True) -> float:
        """Seconds until the condition held in the page; afterwards the page is left to come to rest."""
        self.page.evaluate(WATCH, [condition, from_click])
        if click:
            click()
        took = float(self.page.evaluate("laurelMeasured")) / 1000
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        self.page.wait_for_timeout(100)
        return took


@dataclass(frozen=True)
class Wait:
    """Something that a judge waits for, and what is claimed: at most so many times the bare page's median."""

    words: str
    measure: Callable[[Judge], float]
    claim: float | None = None


WAITS: Final = (
    Wait("list, by the navigation", Judge.back_to_list, 1.3),
    Wait("next entry, form ready", Judge.next_entry, 1.2),
    Wait("score changed, until saved", Judge.change_score, 1.3),
    Wait("list, whole page loaded", Judge.open_list),
)


@dataclass
class Times:
    """Seconds, for each of the two."""

    bare: list[float] = field(default_factory=list)
    laurel: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(self.laurel) / statistics.median(self.bare)


def measure(wait: Wait, bare: Judge, laurel: Judge, repetitions: int) -> Times:
    """So many times each, in the order bare, Laurel, Laurel, bare, after a few that do not count."""
    times = Times()
    for number in range(-WARMING_UP, math.ceil(repetitions / 2)):
        for judge, taken in ((bare, times.bare), (laurel, times.laurel), (laurel, times.laurel), (bare, times.bare)):
            judge.page.bring_to_front()
            took = wait.measure(judge)
            if number >= 0:
                taken.append(took)
    return times


class Running(NamedTuple):
    url: str
    pid: int


@contextmanager
def running_bare_page(folder: Path, entries: int) -> Iterator[Running]:
    """The bare page served from this computer; its process ends with the context."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "benchmarks/bare_page.py"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    env = {**os.environ, "BARE_PAGE_FOLDER": str(folder), "BARE_PAGE_ENTRIES": str(entries)}
    with (folder / "bare-page.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - a file of ours
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait_for(port, process, folder / "bare-page.log")
        yield Running(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise RuntimeError(f"The bare page did not start.\n{log.read_text()}")


def fill_laurel(folder: Path, entries: int, judges: int, scorecards: int | None = None, others: int = 0) -> None:
    """In this process, whose clock moves; the server's does not.

    ``others`` are entries of the same stage that other judges have scored.
    """
    os.environ.update(ENVIRONMENT, LAUREL_FOLDER=str(folder), LAUREL_TEST_MODE="true")
    os.environ.pop("DATABASE_URL", None)
    from benchmarks.exports import fill
    from benchmarks.panel import make_panel
    from manage import import_bodies
    from manage import main as manage
    from prize.rubric import rubric_of
    from storage import database

    manage(["migrate"])
    import_bodies()
    stage_id = make_panel(entries, judges, scorecards)
    with database.reading() as db:
        keys = [criterion.key for criterion in rubric_of(db, stage_id).criteria]
    if others:
        database.transact(lambda db: fill(db, stage_id, keys, others))
    database.stop()


def wait_for_jobs() -> None:
    """Until Laurel's worker has nothing left to do of what the closing of the stage and the mails have caused."""
    from sqlmodel import col, func, select

    from storage import database
    from storage.jobs import Job, JobState

    deadline = time.monotonic() + 3 * PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with database.reading() as db:
            left = db.exec(
                select(func.count())
                .select_from(Job)
                .where(col(Job.state).in_([JobState.WAITING, JobState.RUNNING]), col(Job.run_at) <= func.now())
            ).one()
        if not left:
            break
        time.sleep(0.5)
    database.stop()


def sign_in(page: Page, url: str) -> None:
    from benchmarks.panel import JUDGE, PASSWORD

    page.goto(f"{url}/sign-in")
    page.locator("input[name=email]").fill(JUDGE)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.locator("[data-testid=stApp]").wait_for()


def window(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    return page


def describe_machine(*programs: str) -> str:
    versions = ", ".join([f"Python {platform.python_version()}", f"Streamlit {streamlit.__version__}", *programs])
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now().astimezone():%d %B %Y, %H:%M}; {os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()}; {versions}; load before: {load}"
    )


def percentile_95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def row(wait: Wait, times: Times) -> str:
    cells = [wait.words, str(len(times.laurel))]
    cells += [f"{statistics.median(taken) * 1000:.0f} ms" for taken in (times.bare, times.laurel)]
    cells += [f"{percentile_95(taken) * 1000:.0f} ms" for taken in (times.bare, times.laurel)]
    cells += [f"{times.ratio:.2f}", f"{wait.claim}" if wait.claim else ""]
    return "| " + " | ".join(cells) + " |"


HEAD: Final = (
    "| what the judge waits for | times | bare page, median | Laurel, median "
    "| bare page, 95 % | Laurel, 95 % | ratio of medians | claim |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judging_room", description=__doc__)
    parser.add_argument("--entries", type=int, default=250, help="in the judge's list (250)")
    parser.add_argument("--judges", type=int, default=3, help="on the panel, each with every entry (3, at most 20)")
    parser.add_argument("--others", type=int, default=0, help="entries of the stage with five scorecards of others (0)")
    parser.add_argument("--repetitions", type=int, default=40, help="of each wait at each application (40)")
    parser.add_argument("--at-once", action="store_true", help="and then 20 and 400 judges at once, without a browser")
    chosen = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        fill_laurel(folder, chosen.entries, chosen.judges, others=chosen.others)
        env = {**ENVIRONMENT, "LAUREL_FOLDER": name, "LAUREL_TEST_MODE": "false", "LAUREL_LOG_LEVEL": "WARNING"}
        with running_laurel(env, folder) as server, running_bare_page(folder, chosen.entries) as bare_server:
            wait_for_jobs()
            browser = playwright.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
            print(describe_machine(f"Chromium {browser.version}"))
            print(f"{chosen.entries} assignments of one judge, {len(CRITERIA)} criteria, {chosen.judges} judges,")
            print(f"{chosen.others:,} further entries in the stage\n")
            laurel = Judge(window(browser), server.url, chosen.entries)
            sign_in(laurel.page, server.url)
            bare = Judge(window(browser), bare_server.url, chosen.entries)
            print(HEAD, flush=True)
            for wait in WAITS:
                print(row(wait, measure(wait, bare, laurel, chosen.repetitions)), flush=True)
            browser.close()
    if chosen.at_once:
        print(flush=True)
        return subprocess.call([sys.executable, "-m", "benchmarks.judges_at_once"], cwd=ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
