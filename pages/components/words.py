"""People's words made safe to show: plain text as Markdown that reads exactly as it was typed."""

import re
from typing import Final

# Streamlit draws this directive as an empty <span>. It parts a text so that what Streamlit looks for after parsing
# (shortcodes, icons, addresses, arrows) is not found, adds no character, and is not in what a reader copies.
_PART: Final = ":color[]"

_SHORTCODE: Final = re.compile(r":(?=[\w+-]+:|material/)")
_ADDRESS: Final = re.compile(r"(?i)https?:(?=//)|www(?=\.)|@(?=[-\w])")
_ARROW: Final = re.compile(r"[<>=~-]{2,}")
_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>$~]|&(?=#?\w+;)|:(?!\s|$)|^[#+=|-]")
_NUMBERED: Final = re.compile(r"^(\d{1,9})([.)])")
_CLOCK: Final = re.compile(r"(?<=\d):(?=\d\d(?![\w:\[{+-]))")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_PER_CENT: Final = re.compile(r"(?<=\d)[ \u2009\u202f]?%")


class Marked(str):
    """Markdown whose parts that people wrote are escaped already."""

    __slots__ = ()


def plain(text: str) -> Marked:
    """Escape everything that Markdown or Streamlit would act on; each new line begins a paragraph.

    Marked text is given back as it is, so that nothing is escaped twice.
    """
    if isinstance(text, Marked):
        return text
    lines = (_plain_line(line.strip()) for line in _CONTROL.sub("", text).splitlines())
    return Marked("\n\n".join(line for line in lines if line))


def one_line(text: str) -> Marked:
    """The same for titles and labels, where lines are joined."""
    return text if isinstance(text, Marked) else plain(" ".join(text.split()))


def marked(template: str, *values: str) -> Marked:
    """Put people's words into Markdown of ours: ``marked("Serves *{}*.", mission_title)``."""
    return Marked(template.format(*(one_line(value) for value in values)))


def nbsp_percent(text: str) -> str:
    """Keep each per cent sign with its number: ``42%`` and ``42 %`` become 42, a non-breaking space, %."""
    return _PER_CENT.sub("\u00a0%", text) if "%" in text else text


def _plain_line(line: str) -> str:
    parted = {match.end() for pattern in (_ADDRESS, _SHORTCODE) for match in pattern.finditer(line)}
    parted.update(at for match in _ARROW.finditer(line) for at in range(match.start() + 1, match.end()))
    special = {match.start() for match in _SPECIAL.finditer(line)}
    special -= {match.start() for match in _CLOCK.finditer(line)}
    if numbered := _NUMBERED.match(line):
        special.add(numbered.start(2))
    return "".join(
        (_PART if at in parted else "") + ("\\" if at in special else "") + character
        for at, character in enumerate(line)
    )
