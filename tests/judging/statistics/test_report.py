"""What a report says, to whom, how it looks, and that nothing in the data can change it into anything else."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from judging.__main__ import main
from judging.statistics import wording
from judging.statistics.analysis import EXCHANGED, SUPPOSES, Analysis, Options, analyse
from judging.statistics.drawing import ticks
from judging.statistics.moved import moved
from judging.statistics.ratings import Ratings
from judging.statistics.reading import Scale, read_ratings
from judging.statistics.report import FOLDER, report

NASTY = "<script>alert(1)</script>&\"'"
VOID = {"meta", "br", "line", "rect", "circle", "path"}
SCALE = Scale(0, 10, 0.5)


class Document(HTMLParser):
    """The tags of a document in order, its text, and whether every tag is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def prize(
    entries: int = 40,
    judges: int = 8,
    cards: int = 3,
    *,
    seed: int = 1,
    criteria: tuple[str, ...] = ("merit", "reach"),
    severity: float = 0.8,
    names: dict[int, str] | None = None,
) -> Ratings:
    random = np.random.default_rng(seed)
    strict = random.normal(0, severity, judges)
    rows: list[tuple[str, str, str, float]] = []
    for entry in range(entries):
        quality = random.normal(5, 1.5)
        for judge in random.choice(judges, min(cards, judges), replace=False):
            for criterion in criteria:
                score = np.clip(np.round(2 * (quality - strict[judge] + random.normal(0, 0.8))) / 2, 0, 10)
                rows.append(((names or {}).get(entry, f"E{entry}"), f"J{judge}", criterion, float(score)))
    entry_ids, judge_ids, criterion_ids, scores = zip(*rows, strict=True)
    return Ratings.of(entry_ids, judge_ids, criterion_ids, scores)


def rows(*given: tuple[str, str, float]) -> Ratings:
    entry, judge, score = zip(*given, strict=True)
    return Ratings.of(entry, judge, ["overall"] * len(given), score)


@pytest.fixture(scope="module")
def found() -> Analysis:
    return analyse(prize(), Options(scale=SCALE, resamples=200), sha256="ab" * 32)


def test_the_headline_says_how_many_another_panel_would_choose_again(found):
    same = found.reliability.same_top["plain"]
    text = Document(report(found)).text
    assert f"About {round(10 * same.estimate)} of the 10 chosen would be chosen again by another panel" in text
    assert f"(likely between {10 * same.low:.1f} and {10 * same.high:.1f})" in text
    assert f"{len(found.undecided)} entries, with a chance between 10 and 90 %" in text
    assert f"About {found.expected_wrong:.1f} of the 10" in text


def test_sections_stand_in_their_order_under_one_heading(found):
    document = report(found)
    headings = re.findall(r"<h(\d)", document)
    assert headings.count("1") == 1
    assert headings[0] == "1"
    assert all(int(after) - int(before) <= 1 for before, after in pairwise(headings))
    assert re.findall(r'<h2 id="(\w+)"', document) == [
        "headline", "ranking", "agreement", "judges", "methods", "warnings", "repeat"
    ]  # fmt: skip
    assert '<html lang="en-GB">' in document


def test_where_no_entry_stands_out_no_place_is_said_to_be_clear():
    made = rows(*((f"E{entry:02}", judge, 5.0) for entry in range(60) for judge in "xy"))
    assert "None of 3 places is clear; no chance is above 10 %." in report(analyse(made, Options(top=3)))


def test_where_a_threshold_stops_everything_the_report_says_so():
    made = rows(("a", "x", 1.0), ("a", "y", 2.0), ("b", "x", 3.0), ("b", "y", 1.0))
    text = report(analyse(made, Options(top=1, stopped=("a", "b"))))
    assert "A threshold stops every entry" in text
    assert "all are chosen" not in text


def test_every_ranked_entry_has_a_row_with_its_numbers(found):
    document = report(found)
    for line in found.ranking:
        row = next(row for row in document.split("<tr") if f'<th scope="row"><bdi>{line.submission}</bdi>' in row)
        assert f"<td>{line.rank} " in row
        assert f"{line.rank_low}–{line.rank_high}<" in row
        assert f"<td>{line.fair:.2f} " in row
        assert f"<td>{line.mean:.2f} " in row
        assert f"<td>{wording.chance(line.chance_top)}</td>" in row


def test_a_report_without_judges_says_nothing_of_any(found):
    names = found.ratings.judges
    with_judges, without = Document(report(found)).text, Document(report(found, judges=False)).text
    assert all(re.search(rf"\b{name}\b", with_judges) for name in names)
    assert not any(re.search(rf"\b{name}\b", without) for name in names)
    assert 'id="judges"' not in report(found, judges=False)


def test_words_about_judges_describe_and_never_accuse(found):
    text = Document(report(found)).text
    assert re.search(r"(lower|higher) by \d\.\d\d", text)
    assert not re.search(r"\b(bias|biased|unfair|wrongly|harsh|lenient|severe|outlier|bad|poor)\b", text, re.IGNORECASE)


def test_nothing_is_fetched_and_nothing_runs(found):
    document = Document(report(found))
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a"} & set(document.tags)
    assert not [name for name, _ in document.attributes if name in ("src", "href", "srcset") or name.startswith("on")]
    assert "url(" not in report(found)
    assert "@import" not in report(found)


def test_names_of_all_kinds_are_text_wherever_they_stand():
    names = {0: NASTY, 1: "{{ 7*7 }}", 2: "x\x07y", 3: "\u202eevil", 4: "n" * 5000}
    ratings = prize(24, 6, criteria=("<i>reach</i>", "merit & cost"), names=names)
    renamed = Ratings(
        ratings.submissions,
        tuple(f"<b>{name}\"'" for name in ratings.judges),
        ratings.criteria,
        ratings.submission,
        ratings.judge,
        ratings.criterion,
        ratings.score,
    )
    analysis = analyse(renamed, Options(resamples=100), warnings=(f"About {NASTY}.",))
    written = report(analysis, title=f"</title>{NASTY}", ratings_file=f"{NASTY}.csv")
    document = Document(written)
    assert document.open == []
    assert not {"script", "i", "b"} & set(document.tags)
    assert document.text.count("alert(1)") >= 4
    assert "{{ 7*7 }}" in document.text
    assert "49" not in re.findall(r"<bdi>([^<]*)</bdi>", written)
    assert "\x07" not in written
    assert "\u202e" not in written
    assert "n" * 100 not in written


def test_ids_in_the_document_are_unique_and_every_chart_is_described():
    groups = rows(
        *[(f"p{i}", f"a{j}", float((i * 3 + j * 2) % 7)) for i in range(12) for j in range(3)],
        *[(f"q{i}", f"b{j}", float((i * 5 + j) % 6)) for i in range(9) for j in range(3)],
    )
    written = report(analyse(groups, Options(top={"A": 3, "B": 20}, resamples=100)))
    ids = re.findall(r'\bid="([^"]+)"', written)
    assert len(ids) == len(set(ids))
    charts = re.findall(r'<svg role="img" aria-labelledby="(\S+) (\S+)"', written)
    assert charts
    assert all(one in ids for pair in charts for one in pair)
    text = Document(written).text
    assert "Group A" in text
    assert "Group B" in text
    assert "9 entries for 20 places: all are chosen." in text
    assert EXCHANGED not in text


def test_it_says_what_it_supposes_and_how_to_repeat_it(found, tmp_path):
    document = report(found, made_at=datetime(2027, 3, 3, 12, 0, tzinfo=UTC), ratings_file="scores of May.csv")
    text = Document(document).text
    assert SUPPOSES in text
    assert "Made on 3 March 2027, 12:00 (UTC)" in text
    assert "ab" * 32 in text
    pre = Document(document[document.index("<pre") : document.index("</pre>")].replace("<pre", "<p", 1)).text
    command = shlex.split(pre)
    assert command[:5] == ["python", "-m", "judging", "analyse", "scores of May.csv"]
    assert command[5:] == [
        "--scale=0,10,0.5", "--top=10", "--groups=separate", "--resamples=200", "--confidence=0.95",
        "--seed=0", "--version=first", "--report=report.html",
    ]  # fmt: skip


def test_without_a_time_the_same_analysis_gives_the_same_document(found):
    assert report(found) == report(found)
    assert "Made on" not in report(found)


ODD = {
    "one entry": rows(("a", "x", 3)),
    "one judge": rows(("a", "x", 3), ("b", "x", 4), ("c", "x", 5)),
    "nothing varies": rows(*[(entry, judge, 3) for entry in "abcdefghijklm" for judge in "xyz"]),
    "zero and one": rows(*[(f"e{i}", f"j{j}", float((i + j) % 3 == 0)) for i in range(20) for j in range(3)]),
    "thousand millions": rows(*[(f"e{i}", f"j{j}", 1e9 * ((7 * i + 5 * j) % 11)) for i in range(20) for j in range(3)]),
    "immense": rows(*[(f"e{i}", f"j{j}", 1e30 * ((7 * i + 5 * j) % 11)) for i in range(14) for j in range(3)]),
    "tiny": rows(*[(f"e{i}", f"j{j}", 1e-9 * ((7 * i + 5 * j) % 11)) for i in range(14) for j in range(3)]),
    "below nought": rows(*[(f"e{i}", f"j{j}", float((7 * i + 5 * j) % 11 - 20)) for i in range(14) for j in range(3)]),
    "nobody shares": rows(*[(f"e{i}", f"j{i}", float(i)) for i in range(30)]),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_scores_get_a_whole_report_without_a_number_that_is_none(name):
    document = Document(report(analyse(ODD[name], Options(resamples=50))))
    assert document.open == []
    assert not re.search(r"\b(nan|inf|None)\b", document.text.replace("None of", "").replace("None.", ""))


def test_a_long_ranking_stays_small_and_its_table_says_what_it_leaves_out():
    ratings = prize(600, 40, 2, criteria=("overall",))
    small = analyse(ratings, Options(top=20, resamples=0))
    text = Document(report(small)).text
    assert "the first 100 of 600. The JSON of the same analysis has all of them" in text
    assert len(re.findall(r'<th scope="row"><bdi>E\d', report(small))) == 100
    wide = report(analyse(ratings, Options(top=140, resamples=0)))
    assert len(re.findall(r'<th scope="row"><bdi>E\d', wide)) == 280
    assert len(wide.encode()) < 300_000


def test_a_strict_pair_of_judges_is_the_reason_why_an_entry_moved():
    scores = [
        (f"e{i:02}", f"j{j}", 10 - 0.3 * i - (3.0 if j < 2 else 0.0) + 0.1 * ((i * 7 + j * 3) % 5))
        for i in range(24)
        for j in ((0, 1, 2) if i == 3 else (i % 2, 2 + i % 3, 5) if i % 3 else (2, 3, 4))
    ]
    analysis = analyse(rows(*scores), Options(top=6, resamples=0))
    third = next(one for one in moved(analysis) if one.submission == "e03")
    assert third.up
    assert third.crosses
    assert third.by_mean > 6 >= third.by_adjusted
    assert third.severity > max(third.spread, third.noise)
    assert third.reason == "Two of its three judges score lower than the others."
    assert "e03 ↑ from place" in Document(report(analysis)).text


def test_entries_that_move_are_those_that_the_two_orders_put_apart(found):
    places = {line.submission: line.rank for line in found.ranking}
    means = {line.submission: line.mean for line in found.ranking}
    told = {one.submission: one for one in moved(found)}
    for name, own in places.items():
        better = sum(mean > means[name] + 1e-9 for mean in means.values())
        equal = sum(abs(mean - means[name]) <= 1e-9 for mean in means.values())
        crosses = (better >= 10 and own <= 10) or (better + equal <= 10 and own > 10)
        apart = max(better + 1 - own, own - better - equal, 0)
        assert (name in told) == (crosses or apart >= 4)
        if name in told:
            assert (told[name].crosses, told[name].by_mean, told[name].by_adjusted) == (crosses, better + 1, own)


def test_nobody_moves_where_all_judges_score_everything_and_are_alike():
    same = rows(*[(f"e{i}", f"j{j}", float(i)) for i in range(12) for j in range(4)])
    assert moved(analyse(same, Options(top=4, resamples=0))) == ()


@pytest.mark.parametrize(("low", "high"), [(0, 1), (4.2, 9.6), (-3, 2), (1e9, 1.2e9), (1e-9, 2e-9)])
def test_numbers_on_an_axis_are_round_and_between_its_ends(low, high):
    marks = ticks(low, high)
    assert 2 <= len(marks) <= 7
    assert all(low <= mark <= high for mark in marks)
    assert len({f"{after - before:.6g}" for before, after in pairwise(marks)}) == 1


@pytest.mark.parametrize(
    ("scale", "places"),
    [("0,10,0.5", 2), ("1,5,1", 2), ("0,100,1", 1), ("0,10", 2), ("0,1,1", 3), ("0,100000,1000", 0)],
)
def test_scores_are_rounded_to_what_can_be_told_apart(scale, places):
    assert wording.decimals(prize(4), Scale.parse(scale)) == places


def test_numbers_are_written_for_reading():
    assert wording.number(-0.004) == "0.00"
    assert wording.number(-1.5, 1) == "−1.5"
    assert wording.number(1234567.0, 0) == "1,234,567"
    assert wording.number(None) == "–"
    assert wording.between(-0.3, 0.1) == "−0.30 to 0.10"
    assert wording.between(0.3, 0.41) == "0.30–0.41"
    assert [wording.chance(share) for share in (1.0, 0.0, 0.5, None)] == ["over 99 %", "under 1 %", "50 %", "–"]
    assert wording.fine_percent(0.995) == "99.5 %"


def test_a_chance_beside_the_edge_of_what_is_undecided_says_on_which_side_it_is() -> None:
    shares = (0.9, 0.897, 0.904, 0.894, 0.1, 0.096, 0.104)
    words = ["90 %", "under 90 %", "over 90 %", "89 %", "10 %", "under 10 %", "over 10 %"]
    assert [wording.chance(share) for share in shares] == words


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_have_a_contrast_of_four_and_a_half_and_marks_of_three(theme):
    sheet = (FOLDER / "report.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in sheet.split("@media screen")[:2])
    colours = light if theme == "light" else light | {name: dark[name] for name in dark if name in light}
    for ink, grounds, least in (
        ("text", ("ground", "second", "band"), 4.5),
        ("quiet", ("ground", "second", "band"), 4.5),
        ("petrol", ("ground",), 4.5),
        ("undecided-words", ("ground", "band"), 4.5),
        ("undecided", ("ground", "band"), 3.0),
        ("below", ("ground",), 3.0),
    ):
        for ground in grounds:
            lighter, darker = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= least, (ink, ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_a_phone_and_axe_finds_nothing(open_page, found, tmp_path, width, scheme):
    file = tmp_path / "report.html"
    file.write_text(report(found), encoding="utf-8")
    page = open_page(width=width, colour_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.evaluate("document.querySelector('details').open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [file.as_uri()]
    answer = Axe().run(page)
    assert answer.violations_count == 0, answer.generate_report()


def _scores(folder: Path) -> Path:
    file = folder / "scores.csv"
    lines = [f"e{i},j{j},{(7 * i + 5 * j) % 11}" for i in range(15) for j in range(3)]
    file.write_text("submission,judge,score\n" + "\n".join(lines), encoding="utf-8")
    return file


def test_the_command_writes_the_report_of_its_own_analysis(tmp_path, capsys):
    scores, target = _scores(tmp_path), tmp_path / "out.html"
    target.write_text("an earlier one")
    assert main(["analyse", str(scores), "--top", "4", "--resamples", "100", "--report", str(target)]) == 0
    read = read_ratings(scores, None, "first")
    expected = report(
        analyse(read.ratings, Options(top=4, resamples=100), sha256=read.sha256, warnings=read.warnings),
        ratings_file="scores.csv",
    )
    assert re.sub(r" Made on [^.]*\.", "", target.read_text(encoding="utf-8")) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.html", "scores.csv"]


@pytest.mark.parametrize("where", ["missing/report.html", ".", "scores.csv"])
def test_a_report_that_cannot_be_written_is_answered_in_words_and_leaves_everything_as_it_was(tmp_path, capsys, where):
    scores = _scores(tmp_path)
    before = scores.read_bytes()
    assert main(["analyse", str(scores), "--resamples", "0", "--report", str(tmp_path / where)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]
    assert scores.read_bytes() == before
