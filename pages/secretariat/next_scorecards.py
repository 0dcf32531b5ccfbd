"""Which further scorecards would settle most, what they would do, and asking judges for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from uuid import UUID

import streamlit as st

from judging.analyses.asking import ask_for_scorecards
from judging.analyses.kept import JudgeNamed, KeptAnalysis, stage_analysis
from judging.analyses.shown import AnalysisShown, Standing, SuggestedCard, Suggestions
from judging.results import Results, results
from judging.statistics.wording import percent
from pages.components import charts, judging_charts
from pages.components.acting import act, ask, say
from pages.components.badges import badge_of
from pages.components.layout import Link, columns_main_side, empty_list, heading, nbsp, page_header, table
from pages.components.places import present_stage
from pages.components.words import marked
from pages.secretariat.computed import appear_when_newer, computed_words, none_yet
from pages.secretariat.stages import AFTER_JUDGING, BEFORE_JUDGING, dates_line
from pages.secretariat.standing import headline
from prize.stages import StageShown
from storage.values import counted

TITLE: Final = "Next scorecards"
MINUTES: Final = 20
"""How long a scorecard takes; the page says that this is supposed."""
LEAST_SHOWN: Final = 0.01
ASKED: Final = "laurel scorecards asked for"


@dataclass(frozen=True)
class _ByJudge:
    """How many of the chosen scorecards one judge would be asked for."""

    judge: JudgeNamed
    cards: int


def draw() -> None:
    present = present_stage()
    if present is None:
        return
    prize, stage = present
    where, badge = f"{prize.title} · {stage.name}", badge_of(stage.phase)
    kept = None if stage.phase in BEFORE_JUDGING else ask(stage_analysis, stage_id=stage.id)
    if kept is None:
        page_header(where, TITLE, badge=badge)
        none_yet(stage, "What further scorecards would settle")
        return
    now = ask(results, stage_id=stage.id)
    page_header(where, TITLE, badge=badge, facts=_facts(now, kept))
    if stage.phase in AFTER_JUDGING:
        _too_late(kept.shown)
    elif not kept.shown.suggestions.cards:
        _none_suggested(kept.shown)
    elif _asked_from(kept):
        heading(_undecided(kept.shown))
        _asked(stage)
        st.caption("What would settle most after that appears here by itself in a moment.")
    else:
        _suggested(kept, now)
    appear_when_newer(stage, kept)


def _facts(now: Results, kept: KeptAnalysis) -> str:
    done = f"{now.complete:,} of {counted(now.assigned, 'scorecard')} complete."
    return f"{done} {dates_line(now.stage)} {computed_words(kept, now.stage.zone)}"


def _undecided(shown: AnalysisShown) -> str:
    """How much is undecided, as the first line."""
    standing = Counter(line.standing for line in shown.ranking)
    undecided, places = standing[Standing.UNDECIDED], shown.top - standing[Standing.CLEAR]
    if not undecided or places < 1:
        return headline(shown)
    compete = counted(undecided, "entry competes", "entries compete")
    return f"{compete} for {counted(places, 'place')}"


def _too_late(shown: AnalysisShown) -> None:
    heading(_undecided(shown))
    empty_list("Judging has ended, so it is too late to ask for more", "The panel decides with the scores that it has.")


def _none_suggested(shown: AnalysisShown) -> None:
    heading(_undecided(shown))
    empty_list("There is none to ask for", _why_no_more(shown))


def _why_no_more(shown: AnalysisShown) -> str:
    if all(line.standing is not Standing.UNDECIDED for line in shown.ranking):
        return "No entry is undecided, so more scorecards would settle nothing."
    return (
        "Whoever could be asked has been given the undecided entries already, must not see them, or has been asked "
        "for as much as one can be."
    )


def _suggested(kept: KeptAnalysis, now: Results) -> None:
    stage = now.stage
    suggestions, key = kept.shown.suggestions, f"further-scorecards-{kept.id}"
    most = len(suggestions.cards)
    number = int(st.session_state.get(key, first_step(suggestions)))
    chosen = suggestions.cards[:number]
    asked = by_judge(chosen, kept)
    main, side = columns_main_side()
    with main:
        heading(_undecided(kept.shown))
        st.markdown(nbsp(effect(kept.shown, number)))
        _still_to_come(suggestions.coming)
        _chart(kept.shown, number)
    with side:
        heading("How many")
        if most > 1:
            st.number_input("Scorecards to ask for", 1, most, value=first_step(suggestions), step=1, key=key)
        st.markdown(f"{takes(number).capitalize()} in all, at {MINUTES} minutes for each.")
        _ask(kept, stage, number, asked)
        _by_judge(asked)
        _asked(stage)
    main, _ = columns_main_side()
    with main:
        _cards(chosen, kept, stage)


def _still_to_come(cards: int) -> None:
    """What has been asked for already is taken as if it were there."""
    if cards:
        come = "1 scorecard is" if cards == 1 else f"{cards:,} scorecards are"
        st.markdown(
            f":material/schedule: {come} still to come, and counted here as if there already, so that nobody is asked "
            "for the same again."
        )


def first_step(suggestions: Suggestions) -> int:
    """The smallest number for which it is known what it would do."""
    return suggestions.after[0][0] if suggestions.after else 1


def expected_after(suggestions: Suggestions, number: int) -> float:
    """How many of the chosen would be expected not to belong; between two numbers that are known, on a line."""
    known = [(0, suggestions.expected_wrong), *suggestions.after]
    for (at, before), (next_at, after) in pairwise(known):
        if number <= next_at:
            return before + (after - before) * (number - at) / (next_at - at)
    return known[-1][1]


def effect(shown: AnalysisShown, number: int) -> str:
    """What so many further scorecards would do, in a sentence."""
    before, after = shown.suggestions.expected_wrong, expected_after(shown.suggestions, number)
    more = f"With {counted(number, 'more scorecard')}"
    if shown.top == 1:
        now, then = percent(before), percent(after)
        what = "the chance that the one place goes to the wrong entry"
        if now == then:
            return f"{more}, {what} would hardly change: it is about {now}."
        return f"{more}, {what} would be about **{then}**, instead of {now}."
    now, then = f"{before:.1f}", f"{after:.1f}"
    if now == then:
        return f"{more}, it would hardly change that about {now} of the {shown.top:,} chosen would not belong."
    return f"{more}, about **{then}** of the {shown.top:,} chosen would not belong, instead of {now}."


def _chart(shown: AnalysisShown, number: int) -> None:
    suggestions = shown.suggestions
    points = [(0, suggestions.expected_wrong), *suggestions.after]
    one = shown.top == 1
    figure = (lambda value: nbsp(percent(value))) if one else (lambda value: f"{value:.1f}")
    value = expected_after(suggestions, number)
    charts.show(
        judging_charts.falling(points, (number, value), f"{figure(value)} with {number:,}"),
        alt=f"{effect(shown, number).replace('**', '')} With {points[-1][0]:,} it would be {figure(points[-1][1])}.",
        table=(
            ("Further scorecards", "Chance of the wrong entry" if one else "Expected not to belong"),
            [(f"{at:,}", figure(wrong)) for at, wrong in points],
        ),
    )
    what = "The chance of the wrong entry" if one else f"How many of the {shown.top:,} chosen would not belong"
    st.caption(f"{what}, by the number of further scorecards. Estimated from simulated scores.")


def takes(cards: int) -> str:
    """``about 4 hours``, for so many scorecards."""
    hours, minutes = divmod(cards * MINUTES, 60)
    parts = [counted(hours, "hour")] * bool(hours) + [counted(minutes, "minute")] * bool(minutes)
    return f"about {' '.join(parts)}"


def by_judge(cards: Sequence[SuggestedCard], kept: KeptAnalysis) -> list[_ByJudge]:
    """Who is asked for how many, the most on top."""
    judges = {judge.judge_id: judge for judge in kept.judges}
    counts = Counter(card.judge_id for card in cards)
    rows = [_ByJudge(judges[judge_id], count) for judge_id, count in counts.items()]
    return sorted(rows, key=lambda row: (-row.cards, row.judge.name))


def _ask(kept: KeptAnalysis, stage: StageShown, number: int, asked: Sequence[_ByJudge]) -> None:
    again = sum(row.judge.finished for row in asked)
    with st.popover(f"Ask for {counted(number, 'scorecard')}", type="primary"):
        st.markdown(f"{counted(len(asked), 'judge gets', 'judges get')} a mail. {_begin_again(again, len(asked))}")
        st.markdown("This cannot be taken back. Judging can end when all have finished, or when its time is over.")
        st.button("Send the mails", key="send", on_click=_send, args=(stage.id, kept, number))


def _begin_again(again: int, judges: int) -> str:
    if not again:
        return "None of them has finished; they find the new entries in their list."
    if judges == 1:
        return "This judge has finished and begins again; the scores given before stay as they are."
    who = "All of them have" if again == judges else f"{again:,} of them {'has' if again == 1 else 'have'}"
    begin = "begins" if again == 1 else "begin"
    return f"{who} finished and {begin} again; the scores given before stay as they are."


def _send(stage_id: UUID, kept: KeptAnalysis, number: int) -> None:
    answer = act(ask_for_scorecards, stage_id=stage_id, analysis_id=kept.id, number=number)
    if answer is None:
        return
    rows = by_judge(kept.shown.suggestions.cards[:number], kept)
    st.session_state[f"{ASKED} {stage_id}"] = (kept.id, tuple((row.judge.name, row.cards) for row in rows))
    again = f" {counted(answer.had_finished, 'judge begins', 'judges begin')} again." if answer.had_finished else ""
    say(
        f"{counted(answer.scorecards, 'scorecard')} asked for: {counted(answer.judges, 'mail is', 'mails are')} on "
        f"the way.{again}"
    )


def _asked_from(kept: KeptAnalysis) -> bool:
    """Whether what this analysis suggests has been asked for, and the next one is not there yet."""
    return any(
        isinstance(name, str) and name.startswith(ASKED) and value[0] == kept.id
        for name, value in st.session_state.items()
    )


def _asked(stage: StageShown) -> None:
    """What was asked for last from here."""
    _, rows = st.session_state.get(f"{ASKED} {stage.id}", (None, ()))
    if not rows:
        return
    heading("You have asked for")
    for name, cards in rows:
        st.markdown(marked("**{}**: {}.", name, counted(cards, "entry", "entries")))


def _by_judge(asked: Sequence[_ByJudge]) -> None:
    heading("By judge")
    for row in asked:
        st.markdown(marked("**{}**: {}.", row.judge.name, _asked_of(row)))
    st.caption(
        "Nobody is asked for an entry that they must not see or have been given, nor for more than a quarter of "
        "what they have, or three where they have few."
    )


def _cards(chosen: Sequence[SuggestedCard], kept: KeptAnalysis, stage: StageShown) -> None:
    heading("The scorecards", "what settles most on top")
    judges = {judge.judge_id: judge for judge in kept.judges}
    table(
        ("Entry", "Judge", "Judge has finished", "Fewer wrong"),
        [
            (
                Link(card.code, f"/entries?prize={stage.prize_id}&entry={card.entry_id}"),
                judges[card.judge_id].name,
                "yes" if judges[card.judge_id].finished else "no",
                _fewer(card.reduction),
            )
            for card in chosen
        ],
        numbers={3},
        hide_on_phone={2},
        caption="The scorecards",
    )
    every = len(chosen) == len(kept.shown.suggestions.cards)
    st.caption(
        "Fewer wrong: by how many fewer of the chosen would be expected not to belong, once those above are there."
        + (_no_more(kept.shown) if every else "")
    )


def _no_more(shown: AnalysisShown) -> str:
    reason = shown.suggestions.reason
    return f" No more are suggested: {reason}." if reason else ""


def _fewer(reduction: float) -> str:
    return f"{reduction:.2f}" if reduction >= LEAST_SHOWN else f"under {LEAST_SHOWN}"


def _asked_of(row: _ByJudge) -> str:
    state = "has finished and would be asked again" if row.judge.finished else "still scores"
    return f"{counted(row.cards, 'entry', 'entries')}, {takes(row.cards)}; {state}"
