"""Pictures of every screen of the running demonstration, for the README and for looking at.

``python -m tests.screenshots`` renews those of the README in ``docs/screenshots``. With a folder as its argument it
takes every screen of every role, at 1280, 390 and 320 pixels, in both themes, and says what axe finds on them and which
scroll sideways. 320 pixels are also what is left of 1280 for somebody who needs everything four times as large.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal
from uuid import UUID

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from sqlmodel import Session, col, select

from accounts.actors import Actor
from accounts.demonstration import PLAY
from accounts.models import Appointment, Role
from mission.missions import add_target, create_mission, record_measurement
from mission.models import Direction
from prize.copying import copy_prize
from prize.models import Prize
from storage.database import reading, transact
from tests.chromium import ARGUMENTS, find_browser, wait_until_still
from tests.server import RunningLaurel, running_laurel

ROOT = Path(__file__).parents[1]
IN_README = ROOT / "docs" / "screenshots"
KEY = "only for pictures, and long enough for the settings"
SERIOUS = ("serious", "critical")
Theme = Literal["light", "dark"]
DRAFT = "rotors"
"""The address of a prize that is still being designed; the demonstration has none."""
LONG = "Rivers that people swim in"
"""A mission whose target has been measured fifty times; those of the demonstration have one and two measurements."""
PREVIEW = ".stCheckbox:has-text('Preview'):visible, h1"
STEPS = "[class*=st-key-design-steps-] button:visible, h1"
FOLDED = ".public-page :is(summary, .head):visible"
"""What only a screen of one width has, or something on the other that does nothing."""


@dataclass(frozen=True)
class Shot:
    """One screen: who sees it, at which address, and which links are followed from there, one after the other.

    ``of`` is the address of the prize that it is about, where that is not the one that is shown first.
    """

    name: str
    role: str
    path: str
    follow: tuple[str, ...] = ()
    of: str = ""


SHOTS = (
    Shot("front", "", "/"),
    Shot("prize", "", "/prizes/storage"),
    Shot("sign-in", "", "/sign-in"),
    Shot("receipt", "", "/receipt"),
    Shot("mission", "owner", "/mission"),
    Shot("mission-of-fifty", "owner", "/mission", (f"text={LONG}",)),
    Shot("overview", "designer", "/overview"),
    Shot("brief", "designer", "/brief"),
    Shot("stage", "designer", "/stage"),
    Shot("panel-planner", "designer", "/panel-planner"),
    Shot("form", "designer", "/form"),
    Shot("rubric", "designer", "/rubric"),
    Shot("fund", "designer", "/fund"),
    Shot("eligibility", "designer", "/eligibility"),
    Shot("people", "designer", "/people"),
    Shot("new-prize", "designer", "/new-prize"),
    Shot("mail-texts", "designer", "/mail-texts"),
    Shot("messages", "secretariat", "/messages"),
    Shot("clarifications", "secretariat", "/clarifications"),
    Shot("entries", "secretariat", "/entries"),
    Shot("entry-read", "secretariat", "/entries", ("table a",)),
    Shot("judges", "secretariat", "/judges"),
    Shot("how-judges-score", "secretariat", "/how-judges-score"),
    Shot("assignment", "secretariat", "/assignment"),
    Shot("practice", "secretariat", "/practice"),
    Shot("agreement", "secretariat", "/agreement"),
    Shot("ranking", "secretariat", "/ranking"),
    Shot("next-scorecards", "secretariat", "/next-scorecards"),
    Shot("meeting", "secretariat", "/meeting"),
    Shot("decisions", "secretariat", "/decisions"),
    Shot("draw", "secretariat", "/draw"),
    Shot("due-diligence", "secretariat", "/due-diligence"),
    Shot("letters", "secretariat", "/letters"),
    Shot("appeals", "secretariat", "/appeals"),
    Shot("judges-decided", "secretariat", "/judges", of="heat"),
    Shot("meeting-held", "secretariat", "/meeting", of="heat"),
    Shot("decisions-released", "secretariat", "/decisions", of="heat"),
    Shot("due-diligence-done", "secretariat", "/due-diligence", of="heat"),
    Shot("letters-written", "secretariat", "/letters", of="heat"),
    Shot("grant-terms", "secretariat", "/delivery"),
    Shot("grant-terms-cancelling", "owner", "/delivery", ("text=Cancel a milestone",), of="heat"),
    Shot("ranking-decided-upon", "secretariat", "/ranking", of="wind"),
    Shot("meeting-open", "secretariat", "/meeting", of="wind"),
    Shot("decisions-proposed", "secretariat", "/decisions", of="wind"),
    Shot("draw-committed", "secretariat", "/draw", of="wind"),
    Shot("appeals-elsewhere", "secretariat", "/appeals", of="turbines"),
    Shot("appeals-to-answer", "secretariat", "/appeals", ("text=1 appeal of",), of="turbines"),
    Shot("letters-released", "secretariat", "/letters", of="turbines"),
    Shot("entries-of-finalists", "secretariat", "/entries", of="turbines"),
    Shot("stage-of-two", "designer", "/stage", of="turbines"),
    Shot("overview-of-two", "designer", "/overview", of="turbines"),
    Shot("brief-changing", "designer", "/brief", ("text=Change the brief",), of="storage"),
    Shot("stage-changing", "designer", "/stage", ("text=Move the dates",), of="storage"),
    Shot("fund-adding", "designer", "/fund", ("text=Add to the fund",), of="storage"),
    Shot("fund-changing", "designer", "/fund", ("text=Change the awards",), of="storage"),
    Shot("eligibility-changing", "designer", "/eligibility", ("text=Change the questions",), of="storage"),
    Shot("rubric-changing", "designer", "/rubric", ("text=Change the rubric",), of="storage"),
    Shot(
        "form-changing",
        "designer",
        "/form",
        ("text=Change the form", "[class*=st-key-copy-] button"),
        of="storage",
    ),
    Shot("form-as-it-was", "designer", "/form", ("text=Throw the change away", "text=Throw it away"), of="storage"),
    Shot("brief-beside", "designer", "/brief", of=DRAFT),
    Shot("eligibility-beside", "designer", "/eligibility", of=DRAFT),
    Shot("stage-beside", "designer", "/stage", of=DRAFT),
    Shot("fund-beside", "designer", "/fund", of=DRAFT),
    Shot("rubric-beside", "designer", "/rubric", (PREVIEW,), of=DRAFT),
    Shot("form-beside", "designer", "/form", (PREVIEW,), of=DRAFT),
    Shot("design-steps", "designer", "/fund", (STEPS,), of=DRAFT),
    Shot("design-unfolded", "designer", "/fund", (FOLDED,), of=DRAFT),
    Shot("overview-of-a-draft", "designer", "/overview", of=DRAFT),
    Shot("prize-deciding", "", "/prizes/wind"),
    Shot("prize-of-two-stages", "", "/prizes/turbines"),
    Shot("export", "secretariat", "/export"),
    Shot("confirm", "sponsor", "/confirm"),
    Shot("confirmed", "sponsor", "/confirm", of="heat"),
    Shot("nothing-to-confirm-yet", "sponsor", "/confirm", of="wind"),
    Shot("judging", "judge", "/judging"),
    Shot("scoring", "judge", "/judging", ("tr:has(.laurel-badge:not(.check_circle)) a",)),
    Shot("practise", "judge", "/practise"),
    Shot("entries-as-pdf", "judge", "/entries-as-pdf"),
    Shot("panel-meeting", "judge", "/panel-meeting"),
    Shot("how-to-judge", "judge", "/how-to-judge"),
    Shot("my-entries", "entrant", "/my-entries"),
    Shot("entry", "entrant", "/my-entries", ("[class*=st-key-entry-] a",)),
    Shot("entry-of-finalist", "entrant", "/my-entries", ("[class*=st-key-entry-]:has-text('Plover Works') a",)),
    Shot("entry-with-appeal", "entrant", "/my-entries", ("[class*=st-key-entry-]:has-text('Released') a >> nth=1",)),
    Shot("start-entry", "entrant", "/prizes/storage", ("text=Start an entry",)),
    Shot("as-judges-see-it", "entrant", "/my-entries", ("[class*=st-key-entry-] a", "text=What judges will see")),
    Shot("team", "entrant", "/my-entries", ("[class*=st-key-entry-] a", "text=Invite, remove, hand over")),
    Shot("how-judged", "entrant", "/my-entries", ("[class*=st-key-entry-] a", "text=How entries are judged")),
    Shot("verify", "verifier", "/verify"),
    Shot("payments", "payer", "/payments"),
    Shot("payments-to-approve", "approver", "/payments"),
    Shot("programmes", "operator", "/programmes"),
    Shot("installation-health", "operator", "/installation-health"),
    Shot("jobs", "operator", "/jobs"),
    Shot("mail", "operator", "/mail"),
    Shot("sign-ins", "operator", "/sign-ins"),
    Shot("installation-storage", "operator", "/storage"),
    Shot("audit-trail", "operator", "/audit-trail"),
    Shot("permissions", "operator", "/permissions"),
    Shot("account", "entrant", "/account"),
)
PHONE = 640
"""Pixels up to which a window is a phone's."""
HIGHEST = 12_000
"""Pixels of the highest picture."""
WIDTH_NEEDED = """
() => {
  const may = "[data-testid=stDataFrame], [data-testid=stDataFrame] *, .document, .document *, pre, [role=tablist]"
  const scrolls = (each) => ["auto", "scroll"].includes(getComputedStyle(each).overflowX) && !each.matches(may)
  const needed = [...document.querySelectorAll("body *")].filter(scrolls).map((each) => {
    const over = each.scrollWidth - each.clientWidth
    return over > 1 && each.clientWidth ? innerWidth + over : 0
  })
  return Math.max(document.scrollingElement.scrollWidth, ...needed)
}
"""
README = ("prize", "mission", "overview", "scoring", "ranking", "payments")

LOW_BUTTONS = """
() => {
  const inFields = ":is(.stSelectbox, .stMultiSelect, .stDateInput, .stDateTimeInput, .stNumberInput, .stTextInput) *"
  const tools = "[data-testid=stBaseButton-elementToolbar], .document *"
  return [...document.querySelectorAll("button, summary, .laurel-leave, [data-testid=stPageLink-NavLink]")]
    .filter((each) => each.offsetParent && !each.matches(inFields) && !each.matches(tools))
    .filter((each) => document.querySelector(".stApp") && each.getBoundingClientRect().height < 43.5)
    .map((each) => each.getAttribute("aria-label") || each.innerText.trim() || each.dataset.testid)
}
"""


def main(folder: Path | None) -> int:
    with tempfile.TemporaryDirectory() as name:
        env = {"LAUREL_SECRET_KEY": KEY, "LAUREL_FOLDER": name, "LAUREL_DEMONSTRATION": "true"}
        os.environ.update(env)
        from manage import main as manage

        manage(["migrate"])
        manage(["demo"])
        with running_laurel(env, Path(name)) as laurel, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
            wait_for_copies(laurel, browser)
            if folder is None:
                return take_readme(browser, laurel)
            reach_states()
            return take_all(browser, laurel, folder)


def wait_for_copies(laurel: RunningLaurel, browser: Browser) -> None:
    """The demonstration's worker adds prizes, and cleans documents, after it has started."""
    page = signed_in(browser, laurel, "operator", 1280, "light")
    for _ in range(60):
        page.goto(f"{laurel.url}/jobs")
        settle(page)
        if not any(words in page.inner_text("body").casefold() for words in ("clean copy", PLAY)):
            break
        page.wait_for_timeout(1000)
    page.context.close()


def reach_states() -> None:
    """What the demonstration does not show by itself, and a shot does."""
    begin_draft()
    measure_often()


def begin_draft() -> None:
    """A prize of two stages for the screens of designers, which comes after the others in their lists."""
    with reading() as db:
        copied = db.exec(select(Prize).where(col(Prize.slug) == "turbines")).one()
        designer = db.exec(select(Appointment).where(col(Appointment.role) == Role.DESIGNER)).first()
    assert designer is not None
    title = "Turn worn rotors into new ones"
    actor = Actor(person_id=designer.person_id)
    transact(lambda db: copy_prize(db, actor, copied.mission_id, copied.id, title, DRAFT))


def measure_often() -> None:
    """A mission that was measured every other month, once far above what is true, which was revised once."""
    with reading() as db:
        owner = db.exec(select(Appointment).where(col(Appointment.role) == Role.OWNER)).first()
    assert owner is not None
    assert owner.scope_id is not None
    actor, programme = Actor(person_id=owner.person_id), owner.scope_id
    begins = date(2018, 3, 1)
    values = [12 + at + 5 * (at % 4) for at in range(50)]
    values[30] = 240

    def measure(db: Session) -> None:
        mission_id = create_mission(db, actor, programme, LONG, "Every river is clean enough to swim in by 2035.")
        target_id = add_target(
            db, actor, mission_id, "Places fit for swimming", "places", Direction.UP, Decimal(120), date(2035, 12, 31)
        )
        for at, value in [*enumerate(values), (40, 55)]:
            record_measurement(db, actor, target_id, begins + at * timedelta(days=60), Decimal(value), "River survey")

    transact(measure)


def take_readme(browser: Browser, laurel: RunningLaurel) -> int:
    IN_README.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        if shot.name in README:
            page = signed_in(browser, laurel, shot.role, 1280, "light")
            arrive(page, laurel, shot)
            page.screenshot(path=IN_README / f"{shot.name}.png")
            page.context.close()
    return 0


def take_all(browser: Browser, laurel: RunningLaurel, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    found = 0
    themes: tuple[Theme, ...] = ("light", "dark")
    for width in (1280, 390, 320):
        for theme in themes:
            pages: dict[str, Page] = {}
            for shot in SHOTS:
                page = pages.get(shot.role) or signed_in(browser, laurel, shot.role, width, theme)
                pages[shot.role] = page
                arrive(page, laurel, shot)
                take_whole(page, folder / f"{shot.name}-{theme}-{width}.png")
                for violation in Axe().run(page).response["violations"]:
                    if violation["impact"] in SERIOUS:
                        found += 1
                        where = "; ".join(node["html"][:120] for node in violation["nodes"][:2])
                        print(f"{shot.name} {theme} {width}: {violation['id']}: {where}")
                if (needed := width_needed(page)) > width:
                    found += 1
                    print(f"{shot.name} {theme} {width}: scrolls sideways, needs {needed} pixels")
                if low := low_buttons(page) if width <= PHONE else []:
                    found += 1
                    print(f"{shot.name} {theme} {width}: too low for a thumb: {', '.join(low)}")
            for page in pages.values():
                page.context.close()
    print(f"{len(SHOTS)} screens, {found} findings")
    return int(found > 0)


def prize_at(slug: str) -> UUID:
    """The prize of the demonstration that has this address."""
    with reading() as db:
        return db.exec(select(Prize.id).where(col(Prize.slug) == slug)).one()


def signed_in(browser: Browser, laurel: RunningLaurel, role: str, width: int, theme: Theme) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900 if width > 400 else 844}, color_scheme=theme)
    page = context.new_page()
    if role:
        page.goto(f"{laurel.url}/sign-in")
        page.click(f"button[value={role}]")
        settle(page)
    return page


def arrive(page: Page, laurel: RunningLaurel, shot: Shot) -> None:
    page.goto(laurel.url + shot.path + (f"?prize={prize_at(shot.of)}" if shot.of else ""))
    if shot.role and not shot.path.startswith("/prizes/"):
        settle(page)
    for link in shot.follow:
        page.locator(link).first.click()
        settle(page)


def take_whole(page: Page, path: Path) -> None:
    """Take a page down to its foot. Streamlit's scrolls inside the window, so the window is made as high for it."""
    size = page.viewport_size
    assert size is not None
    height = page.evaluate("document.querySelector('.stMain')?.scrollHeight ?? 0")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, HIGHEST))})
    page.wait_for_timeout(200)
    page.screenshot(path=path, full_page=True)
    page.set_viewport_size(size)


def width_needed(page: Page) -> int:
    """How many pixels wide the window would have to be for nothing to be cut, or to scroll sideways by itself.

    What is made to scroll by itself does not count: tables of numbers on a canvas, documents, code and tabs.
    """
    return int(page.evaluate(WIDTH_NEEDED))


def low_buttons(page: Page) -> list[str]:
    """What can be pressed and is lower than 44 pixels, but for the small signs inside fields and on charts."""
    return list(page.evaluate(LOW_BUTTONS))


def settle(page: Page) -> None:
    page.locator("h1").first.wait_for()
    page.wait_for_timeout(700)
    wait_until_still(page)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
