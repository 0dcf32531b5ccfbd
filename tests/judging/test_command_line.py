"""`python -m judging analyse`, as anybody runs it who has the scores and nothing else of Laurel."""

from __future__ import annotations

import gzip
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.judging.statistics.prizes import prize
from tests.modules import ROOT

DATA = Path(__file__).parent / "data"
TOP_LEVEL = [
    "meta", "data", "agreement", "variance", "variance_total", "reliability", "ranking", "undecided", "expected_wrong",
    "judges", "warnings",
]  # fmt: skip
OF_AN_ENTRY = [
    "submission", "group", "scorecards", "filled", "mean", "z", "blup", "fair", "fair_se", "fair_low", "fair_high",
    "rank", "rank_expected", "rank_low", "rank_high", "chance_top",
]  # fmt: skip
OF_A_JUDGE = [
    "judge", "group", "scorecards", "severity", "severity_se", "severity_low", "severity_high", "spread", "spread_low",
    "spread_high", "noise", "noise_low", "noise_high", "agreement_with_others", "halo", "scale_used", "drift",
    "remarks",
]  # fmt: skip


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "judging", "analyse", *map(str, arguments)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("LAUREL_")}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", timeout=170)


def document(*arguments: object) -> Any:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, parse_constant=_never)


def _never(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def written(folder: Path, text: str) -> Path:
    path = folder / "ratings.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 entries, 12 judges, 3 cards each, two criteria."""
    random = np.random.default_rng(1)
    panel = prize(random, 60, 12, 3, severity=0.7, spread=0.3, noise=0.3).panel
    lines = ["submission,judge,criterion,score,order"]
    for at, (entry, judge, total) in enumerate(zip(panel.submission, panel.judge, panel.total, strict=True)):
        for criterion in ("idea", "team"):
            score = min(max(round((total + random.normal(0, 0.5)) * 2) / 2, 0), 10)
            lines.append(f"E{entry:02},J{judge:02},{criterion},{score},{at}")
    return written(tmp_path_factory.mktemp("scores"), "\n".join(lines))


@pytest.fixture(scope="module")
def analysed(scores: Path) -> Any:
    return document(scores, "--scale", "0,10,0.5", "--criterion-weights", "idea=2,team=1")


def numbers(found: object) -> Iterator[float]:
    if isinstance(found, dict):
        for value in found.values():
            yield from numbers(value)
    elif isinstance(found, list):
        for value in found:
            yield from numbers(value)
    elif isinstance(found, float):
        yield found


def test_the_document_has_what_the_contract_says_in_its_order(analysed: Any) -> None:
    assert list(analysed) == TOP_LEVEL
    assert list(analysed["agreement"]) == ["overall", "idea", "team"]
    assert [list(row) for row in analysed["ranking"]] == [OF_AN_ENTRY] * 60
    assert [[name for name in row if name != "reasons"] for row in analysed["judges"]] == [OF_A_JUDGE] * 12
    assert analysed["data"] | {"linkage": 1} == {
        "submissions": 60, "judges": 12, "scores": 360, "criteria": 2, "skipped": 0, "incomplete_scorecards": 0,
        "components": 1, "groups": [{"group": "A", "submissions": 60, "judges": 12, "scores": 360}], "linkage": 1,
    }  # fmt: skip
    assert list(analysed["variance_total"]) == ["mean", "submission", "judge", "residual", "intervals"]
    assert list(analysed["reliability"]) == [
        "judges_per_submission", "g", "phi", "interval", "study", "ranking", "same_top",
    ]  # fmt: skip
    assert all(map(math.isfinite, numbers(analysed)))


def test_the_ranking_is_in_order_and_its_chances_add_up(analysed: Any) -> None:
    places = [row["rank"] for row in analysed["ranking"]]

    assert places == sorted(places)
    assert sum(row["chance_top"] for row in analysed["ranking"]) == pytest.approx(10)
    assert analysed["undecided"] == {
        "threshold": [0.1, 0.9],
        "entries": [row["submission"] for row in analysed["ranking"] if 0.1 < row["chance_top"] < 0.9],
    }
    for row in analysed["ranking"]:
        assert row["rank_low"] <= row["rank"] <= row["rank_high"]
        assert row["fair_low"] < row["fair"] < row["fair_high"]


def test_the_same_command_gives_the_same_bytes(scores: Path) -> None:
    assert run(scores, "--json", "--seed", 7).stdout == run(scores, "--json", "--seed", 7).stdout


def test_more_resamples_do_not_move_ranks(scores: Path) -> None:
    few, many = document(scores, "--resamples", 100), document(scores, "--resamples", 300)

    assert few["ranking"] == many["ranking"]
    assert few["agreement"] != many["agreement"]


def test_the_example_of_krippendorff_has_his_answers() -> None:
    alpha = document(DATA / "krippendorff_2011.csv")["agreement"]["overall"]["krippendorff_alpha"]

    assert {level: round(found["estimate"], 4) for level, found in alpha.items()} == {
        "nominal": 0.7434, "ordinal": 0.8154, "interval": 0.8491, "ratio": 0.7974,
    }  # fmt: skip


def test_semicolons_and_decimal_commas_give_the_same_numbers(scores: Path, tmp_path: Path) -> None:
    text = scores.read_text(encoding="utf-8").replace(",", ";").replace(".", ",").replace("\n", "\r\n")

    other = document(written(tmp_path, "\ufeff" + text))

    ours = document(scores)
    assert [row["fair"] for row in other["ranking"]] == [row["fair"] for row in ours["ranking"]]
    assert any("semicolon" in warning for warning in other["warnings"])


def test_a_compressed_file_is_read_as_it_is(scores: Path, tmp_path: Path) -> None:
    packed = tmp_path / "ratings.csv.gz"
    packed.write_bytes(gzip.compress(scores.read_bytes()))
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(packed.read_bytes()[:-20])

    assert document(packed)["ranking"] == document(scores)["ranking"]
    assert run(cut).stderr == "The file is compressed, and cannot be unpacked.\n"


def test_warnings_go_to_standard_error_and_the_document_stands_alone(tmp_path: Path) -> None:
    done = run(written(tmp_path, "submission,judge,score\na,x,1\na,y,2\nb,x,3\nb,z,\n"), "--json")

    assert (done.returncode, json.loads(done.stdout)["data"]["skipped"]) == (0, 1)
    assert done.stderr.startswith("Warning: ")


def test_panels_that_share_nobody_are_ranked_apart(tmp_path: Path) -> None:
    rows = [
        f"{group}{entry},{group}{judge},{(entry * 7 + judge * 3) % 10}"
        for group in "xy"
        for entry in range(6 if group == "x" else 5)
        for judge in range(3)
    ]
    path = written(tmp_path, "submission,judge,score\n" + "\n".join(rows))

    separate, together = document(path, "--top", "A=2,B=1"), document(path, "--top", 3, "--groups", "exchangeable")

    assert [row["group"] for row in separate["ranking"]] == ["A"] * 6 + ["B"] * 5
    assert sum(row["chance_top"] for row in separate["ranking"][:6]) == pytest.approx(2)
    assert sum(row["chance_top"] for row in together["ranking"]) == pytest.approx(3)
    assert any("cannot be compared" in warning for warning in separate["warnings"])
    assert any("dealt to groups at random" in warning for warning in together["warnings"])


def test_what_a_threshold_stops_has_no_place_and_still_tells_what_judges_are_like(scores: Path, analysed: Any) -> None:
    whole = [line["submission"] for line in analysed["ranking"]]
    best, second = whole[0], whole[1]

    found = document(scores, "--scale=0,10,0.5", "--criterion-weights=idea=2,team=1", f"--stopped={second},{best}")

    assert found["meta"]["options"]["stopped"] == sorted((best, second))
    lines = {line["submission"]: line for line in found["ranking"]}
    assert [line["submission"] for line in found["ranking"]][-2:] == sorted((best, second))
    for name in (best, second):
        assert lines[name]["rank"] is lines[name]["chance_top"] is None
        assert lines[name]["reasons"]["rank"] == "a threshold stops it"
        assert lines[name]["fair"] == next(line["fair"] for line in analysed["ranking"] if line["submission"] == name)
    assert sum(line["chance_top"] or 0 for line in found["ranking"]) == pytest.approx(10)
    assert found["judges"] == analysed["judges"]
    assert found["ranking"][0]["rank"] == 1


def test_names_that_are_stopped_may_hold_commas_and_must_be_there(tmp_path: Path) -> None:
    path = written(tmp_path, 'submission,judge,score\n"a, b",x,5\n"a, b",y,4\nc,x,3\nc,y,2\n')

    assert document(path, '--stopped=["a, b"]')["ranking"][-1]["submission"] == "a, b"
    for wrong in ("--stopped=d", "--stopped=[1]", '--stopped=["a'):
        done = run(path, wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("".join(f"E{i},J{i % 2},1\n" for i in range(50_001)), "50,001 submissions. At most 50,000"),
        ("".join(f"E{i % 9},J{i},1\n" for i in range(4001)), "4,001 judges. At most 4,000"),
    ],
    ids=["entries", "judges"],
)
def test_what_would_not_fit_is_refused_at_once_with_the_limit(tmp_path: Path, text: str, limit: str) -> None:
    done = run(written(tmp_path, f"submission,judge,score\n{text}"))
    assert (done.returncode, done.stdout) == (2, "")
    assert limit in done.stderr


def test_a_report_for_a_panel_has_its_title_and_no_judges(scores: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    assert run(scores, "--report", report, "--title=Clean <rivers>").returncode == 0
    whole = report.read_text()
    assert run(scores, "--report", report, "--title=Clean <rivers>", "--without-judges").returncode == 0
    for text in (whole, report.read_text()):
        assert "Clean &lt;rivers&gt;" in text
    assert "J01" in whole
    assert "J01" not in report.read_text()


@pytest.mark.parametrize(
    "rows",
    [
        "a,x,1",
        "a,x,1\nb,x,2",
        "a,x,1\na,y,2",
        "a,x,5\na,y,5\nb,x,5\nb,y,5",
        "a,x,0\na,y,1\nb,x,1\nb,y,1",
        "a,x,1e9\na,y,2e9\nb,x,1e9\nb,y,1e9",
        "Zoë,Ωmega,1\nZoë,名,2\n👩‍🚀,Ωmega,3\n👩‍🚀,名,1",
        "a,x,1\nb,y,2\nc,z,3",
    ],
    ids=["one score", "one judge", "one entry", "nothing varies", "noughts and ones", "huge", "Unicode", "no links"],
)
def test_odd_scores_give_numbers_or_reasons(tmp_path: Path, rows: str) -> None:
    found = document(written(tmp_path, f"submission,judge,score\n{rows}\n"))

    assert list(found) == TOP_LEVEL
    assert all(map(math.isfinite, numbers(found)))
    assert len(found["ranking"]) == found["data"]["submissions"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--top", "0"), "--top is a whole number from 1"),
        (("--top", "A=1,B=2"), "The groups are A;"),
        (("--top", "A=1,A=2"), "names each group once"),
        (("--confidence", "1"), "--confidence is a number from 0.001 to 0.9999"),
        (("--confidence", "nan"), "--confidence is a number from 0.001 to 0.9999"),
        (("--seed", "-1"), "--seed is a whole number from 0"),
        (("--resamples", "many"), "--resamples is a whole number from 0"),
        (("--scale", "10,0"), "The scale ends at 0"),
        (("--scale", "0,5"), "Row "),
        (("--criterion-weights", "idea=1"), "there is none for"),
    ],
)
def test_what_is_asked_wrongly_is_said_and_nothing_is_printed(
    scores: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = run(scores, *arguments, "--json")

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_names_are_printed_in_utf_8_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    path = written(tmp_path, "submission,judge,score\nZoë,名,1\nBo,名,2\n")
    command = [sys.executable, "-m", "judging", "analyse", str(path), "--json"]

    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True)

    assert done.returncode == 0
    assert {line["submission"] for line in json.loads(done.stdout)["ranking"]} == {"Zoë", "Bo"}


def test_a_scale_may_begin_below_nought(tmp_path: Path) -> None:
    path = written(tmp_path, "submission,judge,score\na,x,-5\nb,x,5\n")

    assert document(path, "--scale", "-5,5,1")["meta"]["options"]["scale"] == [-5, 5, 1]


def test_every_nought_of_the_study_says_why(tmp_path: Path) -> None:
    found = document(written(tmp_path, "submission,judge,score\na,x,1\nb,x,2\n"))

    assert [set(row["reasons"]) for row in found["reliability"]["study"]] == [{"g", "phi"}] * 10


def test_what_an_analysis_could_not_use_is_said(tmp_path: Path) -> None:
    rows = ["submission,judge,criterion,score"]
    rows += [f"E{entry},J{judge},idea,{entry + judge}" for entry in range(4) for judge in range(3)]
    rows += [f"E{entry},J{judge},team,{entry}" for entry in range(3) for judge in range(3)]
    rows += ["E0,J9,extra,1"]

    done = run(written(tmp_path, "\n".join(rows)), "--criterion-weights", "idea=1,team=1,extra=0")

    assert "Judges who scored no criterion that counts, of whom nothing is said: J9." in done.stderr
    assert "Submissions without one complete scorecard, left out of the agreement of totals: 1." in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run(tmp_path / "nothing.csv")

    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing.csv: No such file or directory" in done.stderr


def test_without_json_a_person_reads_the_head_of_the_ranking(scores: Path) -> None:
    done = run(scores)

    assert done.returncode == 0
    assert done.stdout.startswith("60 submissions, 12 judges, 2 criteria, 360 scores\nOf 10 chosen, another panel")


def test_the_command_does_not_import_what_takes_long() -> None:
    code = (
        "import sys; from judging.__main__ import main; "
        f"main(['analyse', {str(DATA / 'krippendorff_2011.csv')!r}, '--json']); "
        "print([name for name in ('scipy.stats', 'pandas', 'streamlit', 'sqlmodel') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.prove
def test_the_real_panels_are_one_group_and_are_analysed_whole(tmp_path: Path) -> None:
    found = document(DATA / "isu_panels.csv.gz", "--top", 50)

    assert found["data"]["components"] == 1
    assert sum(row["chance_top"] for row in found["ranking"]) == pytest.approx(50)
