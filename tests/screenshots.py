"""Pictures of every screen of the running demonstration, for the README and for looking at.

``python -m tests.screenshots`` renews those of the README in ``docs/screenshots``. With a folder as its argument it
takes every screen of every role, at 1280 and 390 pixels, in both themes, and says what axe finds on them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from sqlmodel import col, select

from accounts.demonstration import PLAY
from prize.models import Prize
from storage.database import reading
from tests.chromium import ARGUMENTS, find_browser
from tests.server import RunningLaurel, running_laurel

ROOT = Path(__file__).parents[1]
IN_README = ROOT / "docs" / "screenshots"
KEY = "only for pictures, and long enough for the settings"
SERIOUS = ("serious", "critical")
Theme = Literal["light", "dark"]


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
    Shot("prize-deciding", "", "/prizes/wind"),
    Shot("prize-of-two-stages", "", "/prizes/turbines"),
    Shot("export", "secretariat", "/export"),
    Shot("confirm", "sponsor", "/confirm"),
    Shot("judging", "judge", "/judging"),
    Shot("scoring", "judge", "/judging", ("tr:has(.laurel-badge:not(.check_circle)) a",)),
    Shot("practise", "judge", "/practise"),
    Shot("entries-as-pdf", "judge", "/entries-as-pdf"),
    Shot("panel-meeting", "judge", "/panel-meeting"),
    Shot("how-to-judge", "judge", "/how-to-judge"),
    Shot("my-entries", "entrant", "/my-entries"),
    Shot("entry", "entrant", "/my-entries", ("[class*=st-key-entry-] a",)),
    Shot("as-judges-see-it", "entrant", "/my-entries", ("[class*=st-key-entry-] a", "text=What judges will see")),
    Shot("team", "entrant", "/my-entries", ("[class*=st-key-entry-] a", "text=Invite, remove, hand over")),
    Shot("how-judged", "entrant", "/my-entries", ("[class*=st-key-entry-] a", "text=How entries are judged")),
    Shot("verify", "verifier", "/verify"),
    Shot("payments", "payer", "/payments"),
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
README = ("prize", "mission", "overview", "scoring", "ranking", "payments")


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
            return take_all(browser, laurel, folder) if folder else take_readme(browser, laurel)


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
    for width in (1280, 390):
        for theme in themes:
            pages: dict[str, Page] = {}
            for shot in SHOTS:
                page = pages.get(shot.role) or signed_in(browser, laurel, shot.role, width, theme)
                pages[shot.role] = page
                arrive(page, laurel, shot)
                page.screenshot(path=folder / f"{shot.name}-{theme}-{width}.png", full_page=True)
                for violation in Axe().run(page).response["violations"]:
                    if violation["impact"] in SERIOUS:
                        found += 1
                        where = "; ".join(node["html"][:120] for node in violation["nodes"][:2])
                        print(f"{shot.name} {theme} {width}: {violation['id']}: {where}")
                sideways = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
                if sideways:
                    found += 1
                    print(f"{shot.name} {theme} {width}: scrolls sideways")
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
    if shot.role:
        settle(page)
    for link in shot.follow:
        page.locator(link).first.click()
        settle(page)


def settle(page: Page) -> None:
    page.locator("h1").first.wait_for()
    page.wait_for_timeout(700)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
