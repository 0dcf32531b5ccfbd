"""What every test gets: an installation of its own, the same examples each time, and no way to be skipped."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from settings import Settings, get_settings
from storage import database as storage_database

pytest_plugins = (
    "tests.databases",
    "tests.objects",
    "tests.stores",
    "tests.mailserver",
    "tests.chromium",
    "tests.world",
)

SECRET_KEY = "known to every test, so good for nothing else"

hypothesis.settings.register_profile("test", derandomize=True, deadline=None, database=None, max_examples=100)
hypothesis.settings.register_profile("prove", parent=hypothesis.settings.get_profile("test"), max_examples=5_000)
hypothesis.settings.register_profile(
    "deep", parent=hypothesis.settings.get_profile("test"), derandomize=False, print_blob=True, max_examples=50_000
)
hypothesis.settings.register_profile("fresh", parent=hypothesis.settings.get_profile("deep"), max_examples=5_000)
hypothesis.settings.load_profile("test")


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Settings that owe nothing to the environment, nor to a file .env, of whoever runs the tests."""
    for name, field in Settings.model_fields.items():
        aliases = getattr(field.validation_alias, "choices", ())
        for variable in (f"LAUREL_{name.upper()}", *map(str, aliases)):
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("LAUREL_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("LAUREL_TEST_MODE", "true")
    monkeypatch.setenv("LAUREL_FOLDER", str(tmp_path / "laurel"))
    get_settings.cache_clear()
    yield tmp_path / "laurel"
    storage_database.stop()
    get_settings.cache_clear()


_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A test that was skipped has shown nothing, so the run has not passed."""
    if _skipped and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped:
        terminalreporter.write_line(
            f"Failed, since {len(_skipped)} tests were skipped: {', '.join(_skipped)}", red=True
        )


def pytest_collection_finish() -> None:
    """What has been imported stays until the end, so it need not be looked through for what can be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
