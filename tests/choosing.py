"""Choosing on a scorecard without a browser: what its component is told, and what it sends when something is chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """Something that is asked on a card, and what stands there."""

    about: str
    kind: str
    key: str
    label: str
    options: Mapping[str, str]
    """The value of each option by its words."""
    stored: str
    editable: bool

    @property
    def chosen(self) -> str | None:
        """The words of what is stored."""
        return next((words for words, value in self.options.items() if value == self.stored), None)

    def sent(self, name: str, words: str) -> str:
        """What the component sends when the option with these words is chosen, or words that are none."""
        choice = [name, self.about, self.kind, self.key, self.options.get(words, words)]
        return json.dumps({"choices": [choice]})


def rows_of(component: Any) -> list[Row]:
    """The rows of a component's message; none when it is another component."""
    if component.component_name != "laurel_choices":
        return []
    data = json.loads(component.json)
    return [
        Row(
            data["about"],
            row["kind"],
            row["key"],
            row["label"],
            {words: value for value, words in row["options"]},
            row["stored"],
            row["editable"],
        )
        for row in data["rows"]
        if row.get("options")
    ]
