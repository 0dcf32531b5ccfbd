"""Planning a panel: what so many scorecards from so many judges would find, before a prize is launched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import streamlit as st

from judging.analyses.panels import (
    MOST_ENTRIES,
    MOST_MINUTES,
    MOST_SIZES,
    EarlierStage,
    StudyShown,
    earlier_stages,
    panel_studies,
    study_panels,
)
from pages.components import charts
from pages.components.acting import ask
from pages.components.badges import badge_of
from pages.components.forms import Form
from pages.components.layout import Link, columns_main_side, empty_list, heading, page_header, table
from pages.components.panel_chart import found_chart
from pages.components.places import parameter, present_stage
from pages.components.words import plain
from pages.designer.frame import form_name
from pages.designer.panel_words import (
    again,
    compared,
    costs,
    error,
    every_entry_chosen,
    finding,
    headline,
    judges_note,
    lines,
    numbers_in_words,
    possible,
    row,
    suggested_judges,
)
from prize.models import RankedBy
from prize.stages import StageShown
from storage.errors import LaurelError
from storage.values import counted, time_words

EVERY_SECONDS: Final = 2.0
ENTRIES: Final = 60
PER_ENTRY: Final = (2, 3, 4, 5)
MINUTES: Final = 20
USUAL: Final = "What is usual"
NUMBERS_HELP: Final = f"Up to {MOST_SIZES} numbers, with commas between."
HEADERS: Final = (
    "For each entry",
    "Judges",
    "Scorecards",
    "Hours",
    "Hours a judge",
    "Found by mean",
    "Found by adjusted score",
    "Best one found",
    "Chosen again",
    "Too close to call",
)

WIDE_ONLY: Final = frozenset({2, 4, 7, 8, 9})


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    studies = ask(panel_studies, stage_id=stage.id)
    shown = _shown(studies)
    page_header(
        f"{prize.title} · {stage.name}",
        "Panel planner",
        badge=badge_of(prize.state),
        facts="How many scorecards and judges would find the best entries, tried out on made-up prizes.",
    )
    main, side = columns_main_side()
    with main:
        _answer(stage, shown)
    with side:
        _ask(stage, shown)
    if shown and shown.designs:
        _all_designs(stage, shown)
        _supposes(shown)
    _others(stage, [study for study in studies if study is not shown])
    if pending := tuple(study.id for study in studies if study.is_pending):
        _wait(stage.id, pending)


def _shown(studies: Sequence[StudyShown]) -> StudyShown | None:
    """The study in the address, else the newest."""
    wanted = parameter("study")
    return next((study for study in studies if study.id == wanted), next(iter(studies), None))


def _answer(stage: StageShown, study: StudyShown | None) -> None:
    if study is None:
        heading("What to expect")
        empty_list(
            "No panel compared yet",
            "Say what you expect and compare: how many of the best entries each size of panel would find appears here.",
        )
    elif study.problem:
        heading("No answer")
        st.error(plain(study.problem), icon=":material/error:")
    elif study.is_pending:
        heading("Being computed")
        empty_list(
            "Made-up prizes are being judged by panels of each size",
            "The answer appears here by itself, mostly within ten seconds.",
        )
    else:
        _found(stage, study)


def _found(stage: StageShown, study: StudyShown) -> None:
    by = stage.ranked_by
    heading(headline(study, by, stage.scorecards_per_entry))
    if not possible(study) or every_entry_chosen(study):
        return
    best = "the truly best entry" if study.top == 1 else f"the {study.top:,} truly best entries"
    st.markdown(plain(f"Share of {best} of {study.entries:,} that are chosen."))
    charts.show(found_chart(lines(study, by), costs(study)), alt=finding(study, by))
    st.caption(
        plain(
            "Under the chart: scorecards for each entry, scorecards in all, and hours of all judges together at "
            f"{study.minutes:,} minutes a scorecard. {judges_note(study, by)}"
        )
    )
    st.markdown(plain(again(study, compared(study, by, stage.scorecards_per_entry)[0], by)))


def _ask(stage: StageShown, study: StudyShown | None) -> None:
    heading("What you expect")
    earlier = {str(each.stage_id): each.title for each in ask(earlier_stages, stage_id=stage.id)}
    form = Form(form_name("planner", stage.id))
    entries = study.entries if study else ENTRIES
    built_on = str(study.earlier.stage_id) if study and study.earlier else USUAL
    form.fill(
        entries=entries,
        top=study.top if study else stage.places,
        per_entry=numbers_in_words(study.per_entry if study else PER_ENTRY),
        judges=numbers_in_words(study.judges if study else suggested_judges(entries, stage.scorecards_per_entry)),
        minutes=study.minutes if study else MINUTES,
        earlier=built_on if built_on in earlier else USUAL,
    )
    _follow(form, stage)
    form.whole("entries", "Entries", 2, MOST_ENTRIES)
    form.whole("top", "Places", 1, MOST_ENTRIES)
    form.line("per_entry", "Scorecards for each entry", help=NUMBERS_HELP)
    form.line("judges", "Judges", help=NUMBERS_HELP)
    form.whole("minutes", "Minutes for a scorecard", 1, MOST_MINUTES)
    form.choice(
        "earlier",
        "How much entries and judges differ",
        [USUAL, *earlier],
        lambda key: earlier.get(key, key),
        help="An earlier stage tells more than what is usual, if its entries and judges were of the same kind."
        if earlier
        else "Once a stage of your programme is released, its scores can be built on.",
    )
    form.outcome()
    st.button("Compare", type="primary", on_click=_compare, args=(form, stage.id))


def _follow(form: Form, stage: StageShown) -> None:
    """Let the numbers of judges fit the entries, as long as nobody has chosen others."""
    key = form.key("suggested judges")
    suggested = numbers_in_words(suggested_judges(form["entries"], stage.scorecards_per_entry))
    if form["judges"] == st.session_state.get(key):
        st.session_state[form.key("judges")] = suggested
    st.session_state[key] = suggested


def _compare(form: Form, stage_id: UUID) -> None:
    study_id = form.send(
        study_panels,
        done="Asked. The answer appears at the top.",
        stage_id=stage_id,
        entries=form["entries"],
        top=form["top"],
        per_entry=_numbers(form, "per_entry", "Scorecards for each entry"),
        judges=_numbers(form, "judges", "Judges"),
        minutes=form["minutes"],
        earlier=None if form["earlier"] == USUAL else UUID(form["earlier"]),
    )
    if study_id:
        st.query_params["study"] = str(study_id)


def _numbers(form: Form, field: str, label: str) -> tuple[int, ...]:
    """The whole numbers that were typed with commas or spaces between them."""
    words = re.split(r"[,;\s]+", form[field].strip(" ,;"))
    if not all(re.fullmatch(r"[0-9]{1,6}", word) for word in words):
        form.refuse(field, f"{label}: not whole numbers with commas between. Type them like 2, 3, 4.")
        return ()
    return tuple(map(int, words))


def _all_designs(stage: StageShown, study: StudyShown) -> None:
    heading("All designs", f"{study.entries:,} entries, {study.top:,} chosen")
    by = stage.ranked_by
    other_score = HEADERS.index("Found by adjusted score" if by is RankedBy.MEAN else "Found by mean")
    table(
        HEADERS,
        [row(study, design, by) for design in study.designs],
        numbers=range(len(HEADERS)),
        hide_on_phone={*WIDE_ONLY, other_score},
        caption="All designs",
    )
    st.caption(
        plain(
            f"Found: share of the truly best {study.top:,} that are chosen. Best one found: chance that the truly best "
            f"entry is chosen. Chosen again: of the {study.top:,}, how many another panel would choose too. These two "
            f"are by the {by.value}, which orders entries by the rules. Too close to call: entries whose chance of "
            "being among the best is neither low nor high."
        )
    )
    for reason in dict.fromkeys(design.reason for design in study.designs if design.reason):
        st.caption(plain(f"Not possible: {reason}."))


def _supposes(study: StudyShown) -> None:
    heading("What this supposes")
    for sentence in (
        "The truly best entries are those that very many judges would put on top. In a made-up prize they are known, "
        "in a real one they are not.",
        study.supposed,
        "Judges are dealt to entries at random and in equal loads, and score alone.",
        f"A share can be off by about {counted(max(1, round(200 * error(study))), 'percentage point')}, since only "
        "some hundred prizes were made up.",
    ):
        st.markdown(f"- {plain(sentence)}")
    with st.expander("For specialists"):
        st.markdown(plain(study.detail))


def _others(stage: StageShown, studies: Sequence[StudyShown]) -> None:
    if not studies:
        return
    heading("Other studies")
    table(
        ("Asked", "Entries", "Places", "For each entry", "Judges", "Rests on"),
        [
            (
                Link(
                    time_words(study.asked_at, stage.zone),
                    f"/panel-planner?prize={stage.prize_id}&study={study.id}",
                ),
                f"{study.entries:,}",
                f"{study.top:,}",
                numbers_in_words(study.per_entry),
                numbers_in_words(study.judges),
                _rests_on(study.earlier),
            )
            for study in studies
        ],
        numbers={1, 2},
        hide_on_phone={2, 4, 5},
        caption="Other studies",
    )


def _rests_on(earlier: EarlierStage | None) -> str:
    return earlier.title if earlier else USUAL


@st.fragment(run_every=EVERY_SECONDS)
def _wait(stage_id: UUID, pending: tuple[UUID, ...]) -> None:
    """Draw the page again as soon as one of these has its answer. Nothing is drawn here."""
    try:
        now = tuple(study.id for study in ask(panel_studies, stage_id=stage_id) if study.is_pending)
    except LaurelError:
        st.rerun()  # the page says why
    if now != pending:
        st.rerun()
