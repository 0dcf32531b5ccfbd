"""The operator's first page: how each part of the installation is doing, and where to do something about it."""

from __future__ import annotations

from typing import Final

from accounts.installation import Stored, Trail, Work, stored, trail, work_state
from accounts.outbox import MOST_SHOWN, Outbox, outbox
from accounts.sign_ins import SignIns, sign_ins
from pages.components.acting import ask
from pages.components.badges import Badge, Badges
from pages.components.figures import bytes_words
from pages.components.layout import Link, heading, page_header, table
from storage.values import counted, time_words

COMMANDS: Final = (
    ("manage.py verify", "Computes the audit trail, its seals and anchors again, and reads every stored file"),
    ("manage.py sweep", "Lists what is left over in the store, and with --delete removes it"),
    ("manage.py erase", "Empties the data of a person, and keeps what others rely on"),
)


def draw() -> None:
    rows = [
        _work(ask(work_state)),
        _mail(ask(outbox)),
        _sign_ins(ask(sign_ins)),
        _stored(ask(stored)),
        _trail(ask(trail)),
    ]
    looks = sum(badge is Badges.NEEDS_A_LOOK for _, badge, _ in rows)
    facts = f"{counted(looks, 'part')} {'needs' if looks == 1 else 'need'} a look." if looks else "Everything is well."
    page_header("Installation", "Health", facts=facts)
    table(("Part", "State", "What is known, and what to do"), rows, caption="How the installation is doing")
    heading("From the command line", words="With the settings of the installation, in its folder.")
    table(("Command", "What it does"), COMMANDS, caption="Commands")


def _row(name: str, path: str, trouble: str, well: str) -> tuple[Link, Badge, str]:
    return Link(name, f"/{path}"), Badges.NEEDS_A_LOOK if trouble else Badges.WELL, trouble or well


def _work(work: Work) -> tuple[Link, Badge, str]:
    trouble = []
    if work.overdue and work.overdue_since:
        trouble.append(
            f"{counted(work.overdue, 'job')} should have been done by now, the first at "
            f"{time_words(work.overdue_since, 'UTC')}. Is a worker running? It may also be busy with something long."
        )
    if work.dead:
        trouble.append(f"{counted(work.dead, 'job')} failed for good. Read why, and start again what still matters.")
    if work.regular:
        trouble.append(f"Failed when it was done last: {', '.join(work.regular)}. It is tried again at its next time.")
    return _row("Jobs", "jobs", " ".join(trouble), "Jobs are done when they are due.")


def _mail(box: Outbox) -> tuple[Link, Badge, str]:
    trouble = "" if box.server else "No mail server is set, so that nothing is sent. Set SMTP_URL."
    if box.server and box.lines:
        least = "At least " if len(box.lines) >= MOST_SHOWN else ""
        some = f"{least}{counted(len(box.lines), 'mail')} did not arrive."
        trouble = f"{some} Correct addresses, or look at the mail server."
    return _row("Mail", "mail", trouble, f"{counted(box.sent, 'mail')} sent, {box.waiting:,} waiting.")


def _sign_ins(known: SignIns) -> tuple[Link, Badge, str]:
    people = counted(known.people_in_all, "person", "people")
    return _row("Sign-ins", "sign-ins", "", f"{people} signed in, in {counted(known.browsers, 'browser')}.")


def _stored(known: Stored) -> tuple[Link, Badge, str]:
    room = f"{counted(known.files, 'file')}, {bytes_words(known.stored)}; {bytes_words(known.free)} free on the disk."
    return _row("Storage", "storage", f"Room runs short: {room}" if known.nearly_full else "", room)


def _trail(known: Trail) -> tuple[Link, Badge, str]:
    if known.verified and known.verified.found:
        trouble = f"The last verification says: {known.verified.summary}"
    elif known.late and known.waits_since:
        trouble = f"Nothing was sealed since {time_words(known.waits_since, 'UTC')}. Sealing is the worker's: see Jobs."
    elif known.anchored_late:
        trouble = (
            f"{counted(known.not_anchored, 'seal')} not named outside the database yet. Anchoring is a job: see Jobs."
        )
    else:
        trouble = ""
    verified = f"verified {time_words(known.verified.ended_at, 'UTC')}" if known.verified else "not verified from here"
    sealed = f"{known.rows:,} rows in {counted(known.seals, 'seal')}"
    return _row("Audit trail", "audit-trail", trouble, f"{sealed}, {verified}.")
