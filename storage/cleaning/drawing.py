"""What a page draws, instruction by instruction: visible things stay as they are, everything that only speaks goes.

Left out are comments, words for screen readers, words in invisible ink (a scan's recognised text can name people
without anybody seeing it) and what belongs to hidden layers. Resources get neutral names. Words that follow invisible
ones on the same line, without being placed, move to where those began; programs that recognise text place every word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf

from storage.cleaning.allowed import NAMED_BY, NAMES, OPERANDS, PAINTING, SHOWING, SPECIAL
from storage.cleaning.layers import is_shown

INVISIBLE: Final = 3
MOST_INSTRUCTIONS: Final = 3_000_000

Called = tuple[str, str]
"""A kind of resource, and the name that the document gave it."""

Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


@dataclass
class Names:
    """Neutral names, one for each name that the document gave, the same in all its parts."""

    known: dict[str, str] = field(default_factory=dict)

    def neutral(self, name: str) -> str:
        if name in SPECIAL:
            return name
        return self.known.setdefault(name, f"/N{len(self.known) + 1}")


@dataclass
class _State:
    """How far reading has come: the render mode of text, whether each open mark hides, and what has been called."""

    mode: int = 0
    saved: list[int] = field(default_factory=list)
    marks: list[bool] = field(default_factory=list)
    called: set[Called] = field(default_factory=set)

    @property
    def hidden(self) -> bool:
        return any(self.marks)


def redrawn(
    drawing: pikepdf.Page | pikepdf.Object,
    resources: Any,
    names: Names,
    keep_image: Callable[[pikepdf.PdfInlineImage], str],
) -> tuple[bytes, set[Called]]:
    """The instructions of a page, form, pattern or letter, without what nobody sees, and the resources they call.

    ``keep_image`` makes a resource of an image among the instructions, and says its name.
    """
    kept: list[Instruction] = []
    state = _State()
    for count, instruction in enumerate(pikepdf.parse_content_stream(drawing)):
        if count > MOST_INSTRUCTIONS:
            raise ValueError("too many instructions")
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            if not state.hidden:
                own = keep_image(instruction.iimage)
                state.called.add(("/XObject", own))
                kept.append(_instruction("Do", pikepdf.Name(names.neutral(own))))
            continue
        operator = str(instruction.operator)
        operands = list(instruction.operands)
        if not _marks(operator, operands, resources, state):
            kept += _drawn(operator, operands, resources, names, state)
    return pikepdf.unparse_content_stream(kept), state.called


def _marks(operator: str, operands: list[Any], resources: Any, state: _State) -> bool:
    """Follow marked content, which belongs to layers, or to readers of structure; True when it was a mark."""
    if operator in ("BMC", "BDC"):
        layer = None
        if operator == "BDC" and len(operands) == 2 and operands[0] == pikepdf.Name.OC:
            layer = operands[1]
            if isinstance(layer, pikepdf.Name):
                layer = _resource(resources, "/Properties", str(layer))
        state.marks.append(not is_shown(layer))
        return True
    if operator == "EMC":
        if state.marks:
            state.marks.pop()
        return True
    return operator in ("MP", "DP")


def _drawn(operator: str, operands: list[Any], resources: Any, names: Names, state: _State) -> list[Instruction]:
    """The instruction as it is kept: with neutral names, its own operands only, or not at all."""
    count = OPERANDS.get(operator)
    if count is None or len(operands) < count:
        return []
    if count >= 0:
        operands = operands[len(operands) - count :]
    if operator == "q":
        state.saved.append(state.mode)
    elif operator == "Q" and state.saved:
        state.mode = state.saved.pop()
    elif operator == "Tr":
        state.mode = int(operands[0]) if isinstance(operands[0], int) else 0
    if operator in SHOWING:
        return _shown_words(operator, operands, state)
    if any(isinstance(operand, pikepdf.String | pikepdf.Dictionary) for operand in operands):
        return []
    if state.hidden:
        if operator in PAINTING:
            return [_instruction("n")]
        if operator in ("Do", "sh"):
            return []
    if operator == "Do":
        thing = _resource(resources, "/XObject", str(operands[0]))
        if thing is None or not is_shown(thing.get("/OC")):
            return []
    named = NAMED_BY.get(operator)
    for at, operand in enumerate(operands):
        if isinstance(operand, pikepdf.Name):
            if named and (operator not in ("scn", "SCN") or at == len(operands) - 1):
                state.called.add((named, str(operand)))
                operands[at] = pikepdf.Name(names.neutral(str(operand)))
            elif str(operand) not in NAMES:
                return []
    return [_instruction(operator, *operands)]


def _shown_words(operator: str, operands: list[Any], state: _State) -> list[Instruction]:
    """Words that are seen. Of others only what moves the place of the next line stays."""
    if not state.hidden and state.mode != INVISIBLE:
        return [_instruction(operator, *operands)]
    if operator == '"':
        return [_instruction("Tw", operands[0]), _instruction("Tc", operands[1]), _instruction("T*")]
    return [_instruction("T*")] if operator == "'" else []


def _instruction(operator: str, *operands: Any) -> pikepdf.ContentStreamInstruction:
    return pikepdf.ContentStreamInstruction(list(operands), pikepdf.Operator(operator))


def _resource(resources: Any, kind: str, name: str) -> Any:
    """Also before the resources have been renamed: the instructions are read first."""
    of_kind = resources.get(kind) if isinstance(resources, pikepdf.Dictionary) else None
    return of_kind.get(name) if isinstance(of_kind, pikepdf.Dictionary) else None
