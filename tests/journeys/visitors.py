"""People at their browsers: what they can do on any page, in words, and everything that their browser received."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Response, WebSocket, expect

from accounts.actors import Actor
from accounts.models import LinkPurpose
from tests.chromium import new_context, wait_until_still
from tests.mailserver import MailServer
from tests.world import sign_in

FOCUSED = """
let found = document.activeElement
while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement
"""
"""What has the focus, in whichever shadow it stands."""

IN_FOCUS = f"""() => {{
  {FOCUSED}
  const words = (element) => {{
    const read = element.cloneNode(true)
    read.querySelectorAll("[aria-hidden=true]").forEach((icon) => icon.remove())
    return read.textContent.trim()
  }}
  if (!found || found === document.body) return ""
  if (found.matches("button:not([role])")) return `button ${{words(found) || found.getAttribute("aria-label")}}`
  return (found.getAttribute("aria-label") ?? words(found.labels?.[0] ?? found)).slice(0, 40)
}}"""
"""What the element that has the focus is called."""

LOOKS = """
const around = (element) => {
  const label = element.closest("label")
  const parts = label ? [label, ...label.querySelectorAll("*")] : [element]
  for (let up = parts[0].parentElement; up && parts.length < 6 && !label; up = up.parentElement) parts.push(up)
  return parts.filter((part) => part.getBoundingClientRect().width > 4)
}
const look = (part) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part)
  return `${outlineStyle === "none" ? "" : outlineWidth} ${boxShadow}`
}
const looks = (element) => around(element).map(look).join()
const all = (root) => [...root.querySelectorAll("*")].flatMap((each) => each.shadowRoot ? all(each.shadowRoot) : [each])
"""
"""The outlines and shadows of an element and of what is drawn around it; what it draws for itself may be hidden."""

REMEMBER_LOOKS = f"""() => {{
  {LOOKS}
  {FOCUSED}
  const stops = all(document).filter((each) => each.tabIndex >= 0)
  window.looksBefore = new WeakMap(stops.map((each) => [each, looks(each)]))
  window.stoodAt = found
}}"""
IS_SEEN = f"""() => {{
  {LOOKS}
  {FOCUSED}
  if (found.matches("iframe")) return true
  if (!around(found)[0].checkVisibility({{ opacityProperty: true, visibilityProperty: true }})) return false
  if (looks(found) !== (window.looksBefore.get(found) ?? around(found).map(() => " none").join())) return true
  return around(found).some((part) => look(part) !== " none" && part.contains(window.stoodAt))
}}"""
"""Whether the element that has the focus can be seen, and has an outline or a shadow that it had not before, or one
around it that was there already for another part of the same field."""

OFFERED = """() => {
  const key = document.activeElement.getAttribute("aria-activedescendant")
  return document.getElementById(key)?.textContent.trim() ?? ""
}"""
"""The option that Enter would take."""

MOST_TABS = 40
"""Whoever has to press Tab more often than that is stuck."""


@dataclass
class Visitor:
    """A person in a browser of their own."""

    page: Page
    context: BrowserContext
    url: str
    mails: MailServer
    received: list[bytes] = field(default_factory=list)
    left: bool = False

    # Coming in

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)
        if not path.startswith(("/prizes", "/sign-in", "/links", "/start", "/receipt")):
            self.settle()

    def sign_in_by_link(self, email: str) -> None:
        """Ask for a link, find it in the mail, open it and press its one button."""
        known = len(self.links_to(email, LinkPurpose.SIGN_IN))
        self.page.goto(f"{self.url}/sign-in")
        self.page.get_by_label("Email address").last.fill(email)
        self.page.get_by_role("button", name="Send me a link").click()
        self.page.get_by_role("heading", name="Look at your mail").wait_for()
        self.follow(self.new_mail(email, known, LinkPurpose.SIGN_IN), "Sign in")

    def sign_in_as(self, actor: Actor) -> None:
        """Come in with a session that was opened elsewhere."""
        sign_in(self.context, self.url, actor)
        self.go("/home")

    def follow(self, link: str, button: str) -> None:
        """Open a link from a mail and press its one button."""
        self.page.goto(self.url + link)
        self.page.get_by_role("button", name=button).click()
        self.settle()

    def mails_to(self, email: str) -> list[str]:
        return [mail.text for mail in self.mails.delivered if email in mail.recipients]

    def links_to(self, email: str, purpose: str = "") -> list[str]:
        """The paths of the links that were mailed to somebody, for one purpose or for any, the newest last."""
        found = (re.search(rf"https?://[^/\s]+(/links/{purpose}\S+)", text) for text in self.mails_to(email))
        return [link[1] for link in found if link]

    def new_mail(self, email: str, known: int = 0, purpose: str = "") -> str:
        """The path of the link in the newest mail with such a link, once there are more than ``known``."""
        wait_until(lambda: len(self.links_to(email, purpose)) > known, f"no mail with a link to {email}")
        return self.links_to(email, purpose)[-1]

    # On a page

    def settle(self) -> None:
        """Wait until what was done is answered, and Streamlit has drawn the whole page."""
        self.page.wait_for_timeout(100)
        wait_until_still(self.page)

    def open(self, place: str) -> None:
        """Choose a room in the navigation."""
        self.page.get_by_role("link", name=place, exact=True).first.click()
        expect(self.page.get_by_role("link", name=place, exact=True).first).to_be_visible()
        self.settle()

    def fill(self, label: str, value: str, within: Locator | None = None) -> None:
        found = (within or self.page).get_by_label(label, exact=True).locator("visible=true").first
        found.fill(value)
        self.page.wait_for_timeout(60)

    def leave_field(self) -> None:
        """Go on from a field with Tab, which saves what saves itself."""
        self.page.keyboard.press("Tab")
        self.settle()

    def date(self, label: str, day: str) -> None:
        """Type a day, given as 31/12/2030, into a field of day, month and year."""
        field_of_day = self.page.get_by_role("group", name=label, exact=True).locator("visible=true").first
        field_of_day.get_by_role("spinbutton").first.click()
        self.page.keyboard.type(day.replace("/", ""))
        self.page.keyboard.press("Tab")
        self.settle()

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a select box by typing its beginning."""
        box = self.page.get_by_label(label, exact=True).locator("visible=true").first
        wanted = self.page.get_by_role("option", name=re.compile(f"^{re.escape(option)}")).first
        box.click()
        try:
            wanted.click(timeout=3_000)
        except Error:  # the page was drawn again meanwhile, which closes the list
            box.click()
            wanted.click()
        self.settle()

    def tick(self, label: str) -> None:
        self.page.get_by_text(label, exact=False).locator("visible=true").first.click()
        self.settle()

    def press(self, name: str, within: Locator | None = None) -> None:
        button = (within or self.page).get_by_role("button", name=name, exact=True).locator("visible=true").first
        expect(button).to_be_enabled()
        button.click()
        self.settle()

    def unfold(self, name: str) -> None:
        """Open a drawer, if it is closed."""
        drawer = self.page.locator("details", has=self.page.locator("summary", has_text=name)).first
        drawer.wait_for()
        self.settle()
        if drawer.get_attribute("open") is None:
            drawer.locator("summary").click()
        expect(drawer).to_have_attribute("open", "")
        self.settle()

    # By the keyboard alone

    def reach(self, name: str) -> None:
        """Go on with Tab until something of this name has the focus."""
        met = [self.page.evaluate(IN_FOCUS)]
        while not met[-1].startswith(name):
            assert len(met) <= MOST_TABS, f"Tab never reached “{name}”, but {met}"
            self.page.evaluate(REMEMBER_LOOKS)
            self.page.keyboard.press("Tab")
            met.append(self.page.evaluate(IN_FOCUS))
        if len(met) > 1:
            self.sees_the_focus(met[-1])

    def sees_the_focus(self, name: str) -> None:
        """What Tab has just reached can be seen, and that it has the focus."""
        try:
            self.page.wait_for_function(IS_SEEN, timeout=2_000)
        except Error:
            pytest.fail(f"Nothing shows that “{name}” has the focus.")

    def press_by_key(self, name: str) -> None:
        """Go on to something of this name and press Enter there."""
        self.reach(name)
        self.page.keyboard.press("Enter")

    def type_into(self, name: str, text: str) -> None:
        """Go on to a field of this name and type over what stands there."""
        self.reach(name)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def type_date(self, label: str, day: str) -> None:
        """Go on to a field of day, month and year and type a day, given as 31/12/2030."""
        self.reach(f"day, {label}")
        self.page.keyboard.type(day.replace("/", ""))

    def choose_by_key(self, label: str, option: str) -> None:
        """Go on to a select box, type the beginning of an option, and go down to it where others stand above it."""
        self.type_into(label, option)
        self.page.get_by_role("option", name=option).first.wait_for()
        for _ in range(MOST_TABS):
            if str(self.page.evaluate(OFFERED)).startswith(option):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.settle()

    def skip_to_content(self) -> None:
        """On a page that was just opened, take its first link, which leads past the navigation."""
        self.press_by_key("Skip to")

    def has_focus(self, name: str) -> None:
        self.page.wait_for_function(f"name => ({IN_FOCUS})().startsWith(name)", arg=name)

    def see(self, words: str) -> None:
        expect(self.page.get_by_text(words).locator("visible=true").first).to_be_visible()

    def see_no(self, words: str) -> None:
        expect(self.page.get_by_text(words)).to_have_count(0)

    def write(self, label: str, text: str) -> None:
        """Type into a text that saves itself, and wait until it says so."""
        area = self.page.get_by_label(label, exact=True)
        area.fill(text)
        box = self.page.locator(".autosave", has=area)
        expect(box.locator(".state")).to_contain_text("Saved")

    def attach(self, path: Path) -> None:
        self.page.locator("input[type=file]").first.set_input_files(path)
        expect(self.page.get_by_role("link", name=path.name)).to_be_visible()

    def again(self) -> None:
        """Close the tab in the middle of everything, and open a new one."""
        address = self.page.url
        self.page.close()
        self.page = self.context.new_page()
        listen(self)
        self.page.goto(address)
        self.settle()

    def heard(self, words: str) -> bool:
        """Whether the browser received these words in any frame, page, script or file."""
        wanted = words.casefold().encode()
        return any(wanted in content.decode("utf-8", "ignore").casefold().encode() for content in self.received)

    def leave(self) -> None:
        self.left = True
        self.context.close()


def visitor(browser: Browser, url: str, mails: MailServer, *, width: int = 1280) -> Visitor:
    """Somebody who opens a browser for the first time."""
    context = new_context(browser, viewport={"width": width, "height": 900}, accept_downloads=True)
    person = Visitor(context.new_page(), context, url, mails)
    listen(person)
    return person


def listen(person: Visitor) -> None:
    """Keep everything that comes to the person's present tab: answers and frames, decompressed."""

    def answered(response: Response) -> None:
        if not response.url.startswith(person.url):
            return
        person.received.append("\n".join(f"{k}: {v}" for k, v in response.headers.items()).encode())
        if "/static/" not in response.url and response.status < 300:
            try:
                person.received.append(response.body())
            except Exception:  # noqa: BLE001 - a page that is going away takes its answers with it
                return

    def connected(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: person.received.append(_bytes(frame)))

    person.page.on("response", answered)
    person.page.on("websocket", connected)


def _bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def wait_until(holds: Callable[[], bool], words: str, seconds: float = 20) -> None:
    """Wait for what happens elsewhere, in the worker for instance."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, words
        time.sleep(0.05)
