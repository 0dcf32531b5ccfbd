"""The texts of mails about a prize: what Laurel says by itself, and what a prize says in its place.

Each package declares the events of which it tells with ``declare``, and tells of them with ``write``. A field such as
``{closing}`` stands for what is only known when a mail is written; fields are put in once, so that a value with braces
in it stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlmodel import Session

from accounts.messages import tell
from accounts.people import name_of
from prize.models import MessageTemplate, Prize
from settings import get_settings
from storage.database import one_matching
from storage.errors import Invalid
from storage.mail import LONGEST_SUBJECT

FIELD: Final = re.compile(r"\{([^{}\n]*)\}")
COMMON: Final = {
    "name": "Ada Byron",
    "prize": "Clean rivers",
    "page": "https://laurel.example/prizes/clean-rivers",
    "sign_in": "https://laurel.example/sign-in",
}
"""Fields that every mail has, with samples."""


@dataclass(frozen=True)
class Template:
    """A mail that an event causes. ``fields`` are its own, each with a sample; ``needed`` ones may not be left out.

    Nobody of the prize learns who gets one that is ``private``.
    """

    key: str
    when: str
    subject: str
    text: str
    fields: Mapping[str, str]
    needed: frozenset[str]
    private: bool = False

    @property
    def samples(self) -> dict[str, str]:
        return {**COMMON, **self.fields}

    def check(self, subject: str, text: str) -> None:
        """Refuse a subject and a text that have other fields, or lack one that is needed.

        Raises
        ------
        Invalid : the words say which field.
        """
        check_fields(subject, self.samples, "subject")
        used = check_fields(text, self.samples, "text")
        for name in sorted(self.needed - used):
            raise Invalid(f"The text needs {{{name}}}: without it the mail does not say what it is for.", "text")

    def previewed(self, subject: str, text: str, values: Mapping[str, str] = MappingProxyType({})) -> tuple[str, str]:
        """How a subject and a text would read, with samples for what is not among the ``values``.

        Raises
        ------
        Invalid : see ``check``.
        """
        self.check(subject, text)
        known = {**self.samples, **values}
        return short(filled(subject, known)), filled(text, known)


def check_fields(words: str, known: Iterable[str], field: str) -> set[str]:
    """The fields that a text has.

    Raises
    ------
    Invalid : one of them is not ``known``.
    """
    used = set(FIELD.findall(words))
    for name in sorted(used - set(known)):
        usable = ", ".join(f"{{{each}}}" for each in known)
        raise Invalid(f"There is no field {{{name}}} here. Use {usable}.", field)
    return used


def filled(words: str, values: Mapping[str, str]) -> str:
    """A text with its fields put in, once."""
    return FIELD.sub(lambda found: values[found[1]], words)


_templates: dict[str, Template] = {}


def declare(
    key: str, when: str, subject: str, text: str, *, needed: str = "", private: bool = False, **fields: str
) -> Template:
    """Register a mail that an event causes. Its own fields come with samples, as somebody would read them."""
    template = Template(key, when, subject, text, fields, frozenset(needed.split()), private)
    template.check(subject, text)
    if _templates.setdefault(key, template) != template:
        raise ValueError(f"the template {key!r} is declared twice")
    return template


def templates() -> tuple[Template, ...]:
    """Every mail that Laurel writes about a prize by itself, in the order of their declaration."""
    return tuple(_templates.values())


def template_called(key: str) -> Template:
    """
    Raises
    ------
    Invalid : there is none with this key.
    """
    template = _templates.get(key)
    if template is None:
        raise Invalid("There is no such mail. Choose one of the list.", "template")
    return template


def words_of(db: Session, prize_id: UUID, template: Template, values: Mapping[str, str]) -> tuple[str, str]:
    """The subject and the text that a prize uses, for somebody who has these ``values`` for the fields of the event.

    A prize may use any of the fields, so whoever tells of an event has to bring them all, always.
    """
    if values.keys() != template.fields.keys():
        raise TypeError(f"{template.key!r} has the fields {sorted(template.fields)}, not {sorted(values)}")
    own = one_matching(db, MessageTemplate, prize_id=prize_id, key=template.key)
    return (own.subject, own.text) if own else (template.subject, template.text)


def write(db: Session, prize: Prize, template: Template, people: Iterable[UUID], *, event: str, **values: str) -> None:
    """Tell people of an event, each once, with a value for each of its own fields.

    Whoever has no address any longer is left out.
    """
    subject, text = words_of(db, prize.id, template, values)
    for person_id in people:
        send_filled(db, prize, person_id, subject, text, event=event, private=template.private, **values)


def send_filled(
    db: Session,
    prize: Prize,
    person_id: UUID,
    subject: str,
    text: str,
    *,
    event: str,
    private: bool = False,
    **values: str,
) -> None:
    """Put a mail with its fields filled in into the outbox."""
    known = {**common(prize), "name": name_of(db, person_id), **values}
    tell(
        db,
        person_id,
        event=event,
        subject=short(filled(subject, known)),
        text=filled(text, known),
        about=None if private else prize.id,
    )


def common(prize: Prize) -> dict[str, str]:
    """The values of the fields that every mail about a prize has, but for the name."""
    address = get_settings().public_url
    return {"prize": prize.title, "page": f"{address}/prizes/{prize.slug}", "sign_in": f"{address}/sign-in"}


def short(subject: str) -> str:
    """A subject on one line, cut where mail programs would cut it anyway."""
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
