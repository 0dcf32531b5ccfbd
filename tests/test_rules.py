"""Rules about the code that neither the linter nor the import contracts can state."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.modules import PACKAGES, ROOT, source_files

OURS = {*PACKAGES, "pages"}
JUDGES_MAY_IMPORT = ("judging.room", "pages.components", "pages.judge")
NOT_ON_PAGES = {"sqlmodel", "sqlalchemy", "boto3", "botocore", "jose"}
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MAKES_MUTABLE = {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray"}

REGISTRIES = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("yarnpkg", "com"), ("anaconda", "org"))
PRIVATE = {
    "a package registry": re.compile(
        "|".join([*(rf"\b{name}\.{end}\b" for name, end in REGISTRIES), r"index[-_]url\s*[= ]\s*\S*://"])
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|Users|work|root)/(?=\w)"),
}
LOCKS = {"requirements.txt", "tests/requirements.txt"}


def imports(source: str) -> Iterator[str]:
    """The full names of what a module imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "relative"
            else:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def foreign_to_judges(source: str) -> list[str]:
    return sorted(
        name
        for name in imports(source)
        if (name.split(".")[0] in OURS or name == "relative")
        and not any(f"{name}.".startswith(f"{allowed}.") for allowed in JUDGES_MAY_IMPORT)
    )


def mutable_state(source: str) -> list[str]:
    """The names that a module binds to something mutable when it is imported."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            value = node.value
            makes = isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] in MAKES_MUTABLE
            if isinstance(value, MUTABLE) or makes:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found += [ast.unparse(target) for target in targets]
        elif isinstance(node, ast.AugAssign):
            found.append(ast.unparse(node.target))
    return [name for name in found if name != "__all__"]


def tracked_files() -> list[Path]:
    """What is in the repository, or would be with the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_judges_pages_import_nothing_of_ours_but_the_room_and_components() -> None:
    found = {str(file.relative_to(ROOT)): foreign_to_judges(file.read_text()) for file in source_files("pages/judge")}

    assert {name: names for name, names in found.items() if names} == {}


def test_pages_import_no_database_no_object_store_and_no_tokens() -> None:
    found = {
        str(file.relative_to(ROOT)): sorted({name.split(".")[0] for name in imports(file.read_text())} & NOT_ON_PAGES)
        for file in source_files("pages")
    }

    assert {name: names for name, names in found.items() if names} == {}


def test_pages_keep_nothing_that_changes_in_a_module() -> None:
    found = {str(file.relative_to(ROOT)): mutable_state(file.read_text()) for file in source_files("pages")}

    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "foreign"),
    [
        ("from judging.room import judges_list", []),
        ("from judging import room", []),
        ("from pages.components.acting import ask\nimport streamlit as st", []),
        ("from judging.roommates import x", ["judging.roommates.x"]),
        ("from prize.entries import x", ["prize.entries.x"]),
        ("def f():\n    import accounts.people", ["accounts.people"]),
        ("from . import other", ["relative"]),
    ],
)
def test_an_import_that_a_judges_page_may_not_have_is_found(source: str, foreign: list[str]) -> None:
    assert foreign_to_judges(source) == foreign


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("SEEN = []", ["SEEN"]),
        ("cache: dict[str, str] = {}", ["cache"]),
        ("waiting = collections.deque()", ["waiting"]),
        ("seen = {x for x in range(3)}", ["seen"]),
        ("__all__ = ['page']", []),
        ("ROLES = ('judge',)\nNAMES = frozenset({'a'})\ndef f():\n    found = []", []),
    ],
)
def test_state_that_changes_in_a_module_is_found(source: str, names: list[str]) -> None:
    assert mutable_state(source) == names


@pytest.mark.parametrize("what", PRIVATE)
def test_no_file_names_a_registry_or_a_machine(what: str) -> None:
    found = {}
    for file in tracked_files():
        name = str(file.relative_to(ROOT))
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        hits = sorted({match.group() for match in PRIVATE[what].finditer(text)})
        if hits:
            found[name] = hits

    assert found == {}


def test_every_locked_package_has_a_hash() -> None:
    for name in LOCKS:
        entries = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text())
        assert [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_a_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for folder in (*PACKAGES, "pages")
        for file in source_files(folder)
        if file.read_text().strip() and not ast.get_docstring(ast.parse(file.read_text()))
    ]

    assert silent == []
