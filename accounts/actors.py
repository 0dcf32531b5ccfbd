"""On whose behalf something is done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """Who is asking: a signed-in person, a stranger, or Laurel itself.

    A ``session_id`` is given by the web and has to be alive still; commands that run elsewhere (the command line, the
    demonstration, tests) name a person alone. ``form`` is the token of the page on which a stranger filled in a form.
    """

    person_id: UUID | None = None
    session_id: UUID | None = None
    form: str = ""
    system: bool = False

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def holder(self) -> str:
        """Whom a reply belongs to; empty for a stranger without a form, who gets none."""
        if self.person_id is not None:
            return f"person {self.person_id}"
        if self.system:
            return "laurel"
        return f"form {self.form}" if self.form else ""


STRANGER = Actor()
LAUREL = Actor(system=True)
