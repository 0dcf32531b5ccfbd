"""The four ways in which a command says no, each with words for a person; and what is away for a while."""

from __future__ import annotations


class LaurelError(Exception):
    """A refusal that a person reads: what is wrong, and what to do next."""

    status = 400

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.field = field


class Refused(LaurelError):
    """The actor may not do or see this, or it does not exist: the two are not told apart."""

    status = 403


class Invalid(LaurelError):
    """What was given cannot be used. ``field`` names the parameter at fault, if one is."""

    status = 422


class Stale(LaurelError):
    """Somebody changed this after the page was drawn."""

    status = 409


class Closed(LaurelError):
    """It is too late or too early for this, or its state does not allow it."""

    status = 410


class TooMany(Closed):
    """This was tried too often; the words say when to try again."""

    status = 429


class Away(LaurelError):
    """Something that Laurel needs for this cannot be reached just now. What failed is worth trying again."""

    status = 503


FILES_AWAY = "Files cannot be reached just now. Nothing that was saved is lost. Try again in a few minutes."

NOT_YOURS = "This does not exist, or you may not see it. Ask the prize's secretariat if you think that you should."
