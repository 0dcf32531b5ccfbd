"""What the documentation shows is what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from manage import main

ROOT = Path(__file__).parents[1]


def test_the_diagrams_are_those_of_the_lifecycle_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lifecycles"]) == 0
    assert (ROOT / "docs/lifecycles.md").read_text() == capsys.readouterr().out


def test_every_direct_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [*project["project"]["dependencies"], *project["dependency-groups"]["tests"]]
    said = (ROOT / "docs/dependencies.md").read_text()
    names = {re.split(r"[\[=<>~; ]", requirement)[0] for requirement in needed}
    stubs = {name for name in names if "stubs" in name or name.startswith("types-")}
    assert {name for name in names - stubs if not re.search(rf"\b{re.escape(name)}\b", said)} == set()


@pytest.mark.parametrize("document", sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")))
def test_links_in_the_documents_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text()
    targets = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in targets if not (ROOT / document).parent.joinpath(link).exists()] == []
