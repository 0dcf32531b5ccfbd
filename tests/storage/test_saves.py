"""Which save counts, for any sequence of saves from any tabs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from storage.saves import Save, Verdict, judge_save

ERIN, EMIL = uuid4(), uuid4()


@dataclass
class Text:
    """A text with its history, as the commands keep one."""

    text: str = ""
    tab: str = ""
    save_number: int = 0
    version: int = 0


@dataclass
class Draft:
    present: Text
    author: UUID | None
    earlier: list[Text]

    def save(self, saver: UUID, text: str, base: int, tab: str, number: int) -> Verdict:
        verdict = judge_save(self.present, self.author, self.earlier, Save(saver, text, base, tab, number))
        if verdict in (Verdict.WRITE, Verdict.REPLACE):
            if verdict is Verdict.REPLACE:
                self.earlier.append(self.present)
            self.present = Text(text, tab, number, self.present.version + 1)
            self.author = saver
        elif verdict is Verdict.SAME:
            self.present = replace(self.present, save_number=number)
        return verdict


SAVES = st.tuples(st.sampled_from([ERIN, EMIL]), st.sampled_from(["a", "b", "c"]), st.integers(0, 6), st.integers(1, 6))
"""Who, what, on which version, with which number; each person has two tabs."""
DRAFTS = st.lists(st.tuples(SAVES, st.booleans()), max_size=12)


def played(saves: list[tuple[tuple[UUID, str, int, int], bool]]) -> Draft:
    draft = Draft(Text(), None, [])
    for (saver, text, base, number), second_tab in saves:
        draft.save(saver, text, base, _tab(saver, second_tab), number)
    return draft


def _tab(saver: UUID, second: bool) -> str:
    return f"{'erin' if saver == ERIN else 'emil'}-{2 if second else 1}"


@given(DRAFTS, SAVES, st.booleans())
def test_the_same_save_a_second_time_changes_nothing(
    saves: list[tuple[tuple[UUID, str, int, int], bool]], again: tuple[UUID, str, int, int], second_tab: bool
) -> None:
    draft = played(saves)
    saver, text, base, number = again
    first = draft.save(saver, text, base, _tab(saver, second_tab), number)
    after = (draft.present, list(draft.earlier))

    repeated = draft.save(saver, text, base, _tab(saver, second_tab), number)

    assert (draft.present, draft.earlier) == after
    assert repeated is Verdict.NOTHING or (first is Verdict.CLASH and repeated is Verdict.CLASH)


@given(DRAFTS, SAVES, st.booleans())
def test_another_person_s_text_is_never_replaced_by_somebody_who_has_not_seen_it(
    saves: list[tuple[tuple[UUID, str, int, int], bool]], save: tuple[UUID, str, int, int], second_tab: bool
) -> None:
    draft = played(saves)
    before, author = draft.present, draft.author
    saver, text, base, number = save

    draft.save(saver, text, base, _tab(saver, second_tab), number)

    if base != before.version and author != saver:
        assert draft.present == before


@given(DRAFTS, SAVES, st.booleans())
def test_a_save_that_is_older_than_one_of_its_tab_changes_nothing(
    saves: list[tuple[tuple[UUID, str, int, int], bool]], save: tuple[UUID, str, int, int], second_tab: bool
) -> None:
    draft = played(saves)
    saver, text, base, number = save
    tab = _tab(saver, second_tab)
    known = [row.save_number for row in (draft.present, *draft.earlier) if row.tab == tab]
    before = draft.present

    verdict = draft.save(saver, text, base, tab, number)

    if known and number <= max(known):
        assert (verdict, draft.present) == (Verdict.NOTHING, before)


@given(DRAFTS)
def test_a_text_that_another_tab_replaces_is_kept(saves: list[tuple[tuple[UUID, str, int, int], bool]]) -> None:
    draft = Draft(Text(), None, [])
    for (saver, text, base, number), second_tab in saves:
        before = draft.present
        if draft.save(saver, text, base, _tab(saver, second_tab), number) is Verdict.REPLACE:
            assert draft.earlier[-1] == before
