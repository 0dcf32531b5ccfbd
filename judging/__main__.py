"""The command line of judging: ``python -m judging analyse RATINGS.csv``, and ``python -m judging draw DRAW.json``.

It needs no installation of Laurel and no settings, so that anybody can repeat what a prize says about its scores.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from judging.one_thread import in_one_thread

if TYPE_CHECKING:
    from judging.statistics.analysis import Analysis, Options

FAULTY, UNEXPECTED = 2, 3
MOST_RESAMPLES, MOST_SEED, MOST_CHOSEN = 100_000, 2**63 - 1, 10**9
LEAST_SHARE, MOST_SHARE = 0.001, 0.9999
LINES = 50
"""Of the ranking, at a terminal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. 0: done, perhaps with warnings; 2: the file or an option is faulty; 3: something unexpected."""
    parsed = _parser().parse_args(_joined(sys.argv[1:] if arguments is None else arguments))
    in_one_thread()
    try:
        return int(parsed.run(parsed))
    except BrokenPipeError:  # whoever read what is printed has stopped reading
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename or 'What is printed'}: {error.strerror or error}", file=sys.stderr)
        return FAULTY
    except MemoryError:
        print("There is not enough memory for so many scores.", file=sys.stderr)
        return UNEXPECTED
    except Exception as error:  # noqa: BLE001  # a person reads this: never a traceback
        print(f"Something unexpected: {type(error).__name__}: {error}", file=sys.stderr)
        return UNEXPECTED


def _joined(arguments: Sequence[str]) -> list[str]:
    """``--scale -5,5`` as ``--scale=-5,5``, which would else be taken for another option."""
    found: list[str] = []
    for argument in arguments:
        if found and found[-1] == "--scale" and argument[:1] == "-" and argument[1:2] in {*"0123456789."}:
            found[-1] = f"--scale={argument}"
        else:
            found.append(argument)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m judging", description="Judging statistics, and drawing lots.")
    commands = parser.add_subparsers(required=True)
    lots = commands.add_parser(
        "draw",
        help="repeat a draw of the last places",
        description="Repeat a draw from the file that the prize's page offers, and say whether the same comes out.",
    )
    lots.add_argument("draw", type=Path, metavar="DRAW.json")
    lots.set_defaults(run=_draw)
    command = commands.add_parser(
        "analyse",
        help="how far judges agree, adjusted scores, and how sure the ranking is",
        description="Analyse scores: columns submission, judge, score, and perhaps criterion, order and version.",
    )
    command.add_argument("ratings", type=Path, metavar="RATINGS.csv")
    command.add_argument("--json", action="store_true", help="print the whole analysis as one JSON document")
    command.add_argument("--report", type=Path, metavar="FILE.html", help="write a report in plain words")
    command.add_argument(
        "--without-judges", action="store_true", help="leave out of the report what each judge is like, for a panel"
    )
    command.add_argument("--title", metavar="WORDS", help="what the report is about, such as a prize's name")
    command.add_argument("--scale", metavar="LOW,HIGH[,STEP]", help="the scale of every criterion")
    command.add_argument(
        "--criterion-weights", metavar="NAME=2,OTHER=1", help="the weight of every criterion, or as a JSON object"
    )
    command.add_argument("--top", default="10", metavar="K", help="how many are chosen (10); by group: A=5,B=3")
    command.add_argument(
        "--groups",
        choices=("separate", "exchangeable"),
        default="separate",
        help="what to do with groups of entries that share no judge (separate)",
    )
    command.add_argument("--resamples", default="2000", metavar="N", help="resamples of a bootstrap interval (2000)")
    command.add_argument("--confidence", default="0.95", metavar="SHARE", help="of every interval (0.95)")
    command.add_argument("--seed", default="0", metavar="N", help="the same seed gives the same numbers (0)")
    command.add_argument(
        "--version", choices=("first", "last"), default="first", help="which of several versions of a score (first)"
    )
    command.add_argument(
        "--stopped",
        default="",
        metavar="NAME,OTHER",
        help="submissions that a threshold stops, or as a JSON list: scored, and without a place",
    )
    command.set_defaults(run=_analyse)
    return parser


def _draw(parsed: argparse.Namespace) -> int:
    from judging.lots import LotsError, redrawn  # and nothing of the statistics: Python alone repeats a draw

    try:
        words = redrawn(parsed.draw)
    except LotsError as error:
        print(error, file=sys.stderr)
        return FAULTY
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    print(words, flush=True)
    return 0


def _analyse(parsed: argparse.Namespace) -> int:
    from judging.statistics.reading import RatingsError

    try:
        return _analysed(parsed)
    except RatingsError as error:
        print(error, file=sys.stderr)
        return FAULTY


def _analysed(parsed: argparse.Namespace) -> int:
    from judging.statistics.analysis import analyse
    from judging.statistics.reading import read_ratings

    if sys.stdout is None:
        raise _faulty("There is nowhere to print to: standard output is closed.")
    options = _options(parsed)
    report_path = None if parsed.report is None else _report_path(parsed.report, parsed.ratings)
    read = read_ratings(parsed.ratings, options.scale, options.version)
    if parsed.criterion_weights is not None:
        from dataclasses import replace

        from judging.statistics.reading import parse_weights

        options = replace(options, weights=parse_weights(parsed.criterion_weights, read.ratings.criteria))
    found = analyse(read.ratings, options, sha256=read.sha256, skipped=read.skipped, warnings=read.warnings)
    if report_path is not None:
        _write_report(found, report_path, parsed)
    if parsed.json:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        json.dump(found.as_json(), sys.stdout, ensure_ascii=False, allow_nan=False, indent=1)
        print()
    else:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a name that a terminal does not know
        _summarise(found)
    sys.stdout.flush()
    for warning in found.warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    return 0


def _write_report(found: Analysis, path: Path, parsed: argparse.Namespace) -> None:
    """Write the report whole or not at all: whoever opens the file meanwhile sees the earlier one.

    Raises
    ------
    OSError : it cannot be written there.
    """
    from datetime import UTC, datetime

    from judging.statistics.report import report

    text = report(
        found,
        title=parsed.title,
        made_at=datetime.now(UTC),
        judges=not parsed.without_judges,
        ratings_file=parsed.ratings.name,
    )
    part = path.with_name(f".report-{os.getpid()}.part")
    try:
        with part.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _report_path(report: Path, ratings: Path) -> Path:
    """Where the report goes, links followed.

    Raises
    ------
    RatingsError : something is there that a report must not replace.
    """
    path = report.resolve()
    if path.exists() and not path.is_file():
        raise _faulty(f"--report names a file, and {str(report)!r} is something else.")
    if path == ratings.resolve():
        raise _faulty("--report would overwrite the scores. Choose another name.")
    return path


def _options(parsed: argparse.Namespace) -> Options:
    from judging.statistics.analysis import Options
    from judging.statistics.reading import Scale

    return Options(
        scale=None if parsed.scale is None else Scale.parse(parsed.scale),
        top=_top(parsed.top),
        groups=parsed.groups,
        resamples=_whole("--resamples", parsed.resamples, 0, MOST_RESAMPLES),
        confidence=_share("--confidence", parsed.confidence),
        seed=_whole("--seed", parsed.seed, 0, MOST_SEED),
        version=parsed.version,
        stopped=_names(parsed.stopped),
    )


def _names(text: str) -> tuple[str, ...]:
    """Names between commas; as a JSON list where a name holds one."""
    from judging.statistics.reading import tidy_id

    if not text.lstrip().startswith("["):
        return tuple(sorted({tidy_id(name) for name in text.split(",")} - {""}))
    try:
        names = json.loads(text)
    except json.JSONDecodeError as error:
        raise _faulty(f"--stopped is no JSON list: {error.msg} at character {error.pos}.") from error
    if not all(isinstance(name, str) for name in names):
        raise _faulty("--stopped lists names, each in quotation marks.")
    return tuple(sorted(map(tidy_id, names)))


def _top(text: str) -> int | dict[str, int]:
    if "=" not in text:
        return _whole("--top", text, 1, MOST_CHOSEN)
    found: dict[str, int] = {}
    for part in text.split(","):
        group, _, number = part.partition("=")
        if not group.strip() or group.strip() in found:
            raise _faulty(f"--top names each group once, as in A=5,B=3, and not {text!r}.")
        found[group.strip()] = _whole("--top", number, 1, MOST_CHOSEN)
    return found


def _whole(option: str, text: str, low: int, high: int) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20 and low <= int(digits) <= high):
        raise _faulty(f"{option} is a whole number from {low} to {high}, and not {text!r}.")
    return int(digits)


def _share(option: str, text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not LEAST_SHARE <= share <= MOST_SHARE:
        raise _faulty(f"{option} is a number from {LEAST_SHARE} to {MOST_SHARE}, as in 0.95, and not {text!r}.")
    return share


def _faulty(text: str) -> Exception:
    from judging.statistics.reading import RatingsError

    return RatingsError(text)


def _summarise(found: Analysis) -> None:
    """The headline and the head of the ranking, for a person at a terminal."""
    data = found.ratings
    print(
        f"{len(data.submissions)} submissions, {len(data.judges)} judges, {len(data.criteria)} "
        f"{'criterion' if len(data.criteria) == 1 else 'criteria'}, {len(data.score)} scores"
    )
    chosen = sum(min(top, len(found.adjusted.members(one))) for one, top in enumerate(found.adjusted.tops))
    same = found.reliability.same_top["plain"]
    if same is not None:
        print(f"Of {chosen} chosen, another panel would choose about {same.estimate * chosen:.0f} again.")
    alpha = found.agreement.blocks["overall"].krippendorff_alpha.levels
    for level, value in alpha.items():
        if level.value == "interval" and value.estimate is not None:
            print(f"Krippendorff's alpha of the totals: {value.estimate:.3f}")
    print(
        f"{len(found.undecided)} are undecided; {found.expected_wrong:.1f} of the chosen would not belong, on average."
    )
    print()
    print(f"{'rank':>4}  {'from':>4}  {'to':>4}  {'adjusted':>9}  {'mean':>9}  {'chance':>6}  submission")
    for line in found.ranking[:LINES]:
        if line.rank is None or line.fair is None or line.chance_top is None:
            continue
        mean = "" if line.mean is None else f"{line.mean:.3f}"
        print(
            f"{line.rank:>4}  {line.rank_low:>4}  {line.rank_high:>4}  {line.fair:>9.3f}  {mean:>9}  "
            f"{line.chance_top:>6.0%}  {line.submission}"
        )
    if len(found.ranking) > LINES:
        print(f"… and {len(found.ranking) - LINES} more; --json has all of them.")


if __name__ == "__main__":
    sys.exit(main())
