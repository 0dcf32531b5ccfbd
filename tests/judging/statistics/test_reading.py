from __future__ import annotations

import hashlib
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.statistics.reading import RatingsError, Scale, checked_weights, parse_weights, read_ratings

DATA = Path(__file__).parents[1] / "data"


def rows(text: str | bytes, **options) -> list[tuple[str, str, str, float]]:
    found = read_ratings(text if isinstance(text, bytes) else text.encode(), **options).ratings
    return [
        (found.submissions[i], found.judges[j], found.criteria[c], score)
        for i, j, c, score in zip(found.submission, found.judge, found.criterion, found.score.tolist(), strict=True)
    ]


def complaint(text: str | bytes, **options) -> str:
    with pytest.raises(RatingsError) as refused:
        rows(text, **options)
    return str(refused.value)


def warnings(text: str) -> tuple[str, ...]:
    return read_ratings(text.encode()).warnings


def test_a_published_example_is_read_from_its_path_with_the_checksum_of_its_bytes():
    path = DATA / "krippendorff_2011.csv"
    found = read_ratings(path)
    assert len(found.ratings.score) == 41
    assert (found.ratings.criteria, found.skipped, found.warnings) == (("overall",), 0, ())
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_ratings(str(path)).ratings.score.tolist() == found.ratings.score.tolist()


def test_rows_are_sorted_by_submission_judge_and_criterion():
    text = "score,criterion,judge,submission\n1,b,y,B\n2,a,y,B\n3,b,x,B\n4,b,y,A\n"
    assert rows(text) == [("A", "y", "b", 4), ("B", "x", "b", 3), ("B", "y", "a", 2), ("B", "y", "b", 1)]


def test_without_a_column_criterion_there_is_one_called_overall():
    assert rows("submission,judge,score\nA,x,1\n") == [("A", "x", "overall", 1)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_line_ends_and_a_byte_order_mark_are_read(ending, mark):
    text = mark + ending.join(["submission,judge,score", "A,x,1", "B,x,2.5", ""])
    assert rows(text) == [("A", "x", "overall", 1), ("B", "x", "overall", 2.5)]


def test_semicolons_with_decimal_commas_are_recognised_and_said():
    text = "submission;judge;score\nA;x;7,5\nB;x;3\nC;x;-0,25\n"
    assert [row[3] for row in rows(text)] == [7.5, 3, -0.25]
    assert warnings(text) == (
        "The columns are separated by semicolons, so a comma in a score was read as its decimal point.",
    )


def test_a_quoted_header_may_be_separated_by_semicolons():
    assert [row[3] for row in rows('"submission";"judge";"score"\n"A";"x";"7,5"\n')] == [7.5]


def test_an_order_may_be_in_nanoseconds():
    text = "submission,judge,score,order\nA,x,1,1700000000000000000\nB,x,2,1700000001000000000\n"
    assert len(rows(text)) == 2


def test_ids_are_trimmed_composed_and_otherwise_left_as_they_are():
    text = 'submission,judge,score\n NA ,007,1\ne\u0301,null,2\n"Smith, ""Al""\nand sons",1e5,3\n'
    assert rows(text) == [
        ("NA", "007", "overall", 1),
        ('Smith, "Al"\nand sons', "1e5", "overall", 3),
        ("\u00e9", "null", "overall", 2),
    ]


def test_names_that_differ_only_in_case_or_spaces_are_kept_apart_with_a_warning():
    text = "submission,judge,score\nAda  L,x,1\nada l,x,2\nBo,x,3\n"
    assert [row[0] for row in rows(text)] == ["Ada  L", "Bo", "ada l"]
    assert warnings(text) == (
        "Names in column submission that differ only in case or spaces, and were kept apart: 'Ada  L', 'ada l'.",
    )


def test_a_blank_score_is_skipped_and_counted_and_a_blank_line_is_nothing():
    text = "submission,judge,score\nA,x,\n\nB,x, \n,,\nC,x,1\n"
    found = read_ratings(text.encode())
    assert (found.skipped, found.warnings) == (2, ("Rows without a score, which were skipped: 2.",))
    assert found.ratings.submissions == ("C",)


def test_other_columns_are_ignored_with_a_warning():
    assert warnings("submission,judge,comment,score,panel\nA,x,good,1,P\n") == (
        "Columns that were ignored: 'comment', 'panel'.",
    )


@pytest.mark.parametrize("score", ["x", "nan", "inf", "1_000", "1e999", "0x10", "7,5", "--1", "1 2", "\u0661"])
def test_what_is_not_a_finite_number_is_refused_with_its_row(score):
    assert complaint(f'submission,judge,score\n\nA,x,1\nB,x,"{score}"\n') == (
        f"Row 4, column score: {score!r} is not a finite number."
    )


@pytest.mark.parametrize(
    ("score", "number"), [("+1", 1), ("-.5", -0.5), ("3.", 3), ("1e-2", 0.01), (" 4 ", 4), ("1e9", 1e9)]
)
def test_numbers_may_be_written_in_the_usual_ways(score, number):
    assert rows(f"submission,judge,score\nA,x,{score}\n")[0][3] == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file is empty."),
        ("\ufeff\n\n", "The file is empty."),
        ("submission,judge,score\n", "The file has no scores."),
        ("submission,judge,score\nA,x,\n", "None of the file's 1 rows has a score."),
        ("submission,score\nA,1\n", "Row 1 lacks the columns 'judge'; it has 'submission', 'score'."),
        ("submission,judge,score,judge\nA,x,1,y\n", "Row 1: there are two columns judge."),
        ("submission,judge,score\nA,x\n", "Row 2 has 2 cells, where the header has 3 columns."),
        ("submission,judge,score\nA,x,7,5\n", "Row 2 has 4 cells, where the header has 3 columns."),
        ("submission,judge,score\n,x,7\n", "Row 2, column submission: there is a score and no submission."),
        ("submission,judge,score\nA, ,7\n", "Row 2, column judge: there is a score and no judge."),
        ('submission,judge,score\nA,x,1\n"B,x,2\n', "Row 3: a quotation mark opens that does not close."),
        ("submission,judge,score\nA,x,1e101\n", "Row 2, column score: '1e101' is too large to compute with."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_by_row_and_column(text, said):
    assert complaint(text) == said


def test_a_file_that_is_not_utf_8_is_refused_with_its_row():
    assert complaint("submission,judge,score\nA,x,1\nÉ,x,1\n".encode("latin-1")) == (
        "Row 3: the file is not UTF-8 text. Save it as CSV in UTF-8."
    )


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    assert complaint('submission,judge,score\n"A\nB\nC",x,1\n\nD,x,bad\n').startswith("Row 4, column score")


def test_a_second_score_of_a_cell_is_refused_with_both_rows():
    text = "submission,judge,criterion,score\nA,x,a,1\nA,x,b,1\nB,x,a,3\n A,x,a,2\n"
    assert complaint(text) == (
        "Row 5, column score: row 2 has a score of submission 'A' by judge 'x' on criterion 'a' already."
    )


def test_a_score_off_the_scale_or_off_its_grid_is_refused():
    text = "submission,judge,score\nA,x,0.3\nB,x,0.7\nC,x,10.2\n"
    assert complaint(text, scale=Scale(0, 10)) == "Row 4, column score: 10.2 is not between 0 and 10."
    assert complaint(text, scale=Scale(0, 11, 0.5)) == (
        "Row 2, column score: 0.3 is not a whole number of steps of 0.5 above 0."
    )
    assert len(rows(text, scale=Scale(0, 11, 0.1))) == 3  # 0.3 and 0.7 are steps of 0.1 but for rounding


def test_a_criterion_beside_others_may_not_be_called_overall():
    text = "submission,judge,criterion,score\nA,x,a,1\nA,x,overall,1\n"
    assert complaint(text) == "Row 3, column criterion: beside others, no criterion may be called overall."
    assert rows("submission,judge,criterion,score\nA,x,overall,1\n") == [("A", "x", "overall", 1)]


def test_the_first_or_the_last_version_of_each_cell_counts():
    text = "submission,judge,criterion,score,version\nA,x,a,2,2\nA,x,a,1,1\nA,x,b,5,1\nB,x,a,,1\nB,x,a,4,3\n"
    assert [row[3] for row in rows(text)] == [1, 5, 4]
    assert [row[3] for row in rows(text, version="last")] == [2, 5, 4]
    assert complaint(text.replace(",3\n", ",x\n")) == "Row 6, column version: 'x' is not a whole number."
    twice = text.replace("2,2\n", "2,1\n")
    assert complaint(twice).startswith("Row 3, column score: row 2 has a score")


def test_order_is_whole_numbers_or_times():
    def order(*cells: str) -> list[float] | None:
        text = "submission,judge,score,order\n" + "".join(f"{i},x,1,{cell}\n" for i, cell in enumerate(cells))
        found = read_ratings(text.encode()).ratings.order
        return None if found is None else found.tolist()

    assert order("3", "1", "20260101") == [3, 1, 20260101]
    assert order("2026-01-01T00:00:10Z", "2026-01-01 01:00:00+01:00") == [1767225610, 1767225600]
    assert order("2026-01-01", "2026-01-02T12:00") == [1767225600, 1767355200]
    assert order("1", "") == pytest.approx([1, float("nan")], nan_ok=True)
    assert order("", "") is None
    assert rows("submission,judge,score\nA,x,1\n")
    with pytest.raises(
        RatingsError, match=r"^Row 3, column order: a whole number, where row 2 has a time without a zone"
    ):
        order("2026-01-01", "5")
    with pytest.raises(RatingsError, match=r"^Row 2, column order: 'soon' is neither a whole number nor an ISO time"):
        order("soon")


def test_a_row_without_an_order_is_left_out_of_drift_with_a_warning():
    assert warnings("submission,judge,score,order\nA,x,1,1\nB,x,1,\n") == (
        "Rows with a score and no order: 1. Their scorecards were left out of drift.",
    )


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_are_read_or_refused(content):
    for header in (b"", b"submission,judge,score\n", b"submission;judge;score;order;version\n"):
        try:
            found = read_ratings(header + content)
        except RatingsError:
            continue
        assert len(found.ratings.score) > 0
        assert np.isfinite(found.ratings.score).all()


lines = st.lists(
    st.tuples(
        st.sampled_from(["A", "b", "C"]), st.sampled_from(["x", "y"]), st.sampled_from(["p", "q"]), st.integers(0, 9)
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda line: line[:3],
)


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(written, random):
    def text(some) -> str:
        return "submission,judge,criterion,score\n" + "".join(f"{a},{b},{c},{x}\n" for a, b, c, x in some)

    assert rows(text(written)) == rows(text(random.sample(written, len(written)))) == sorted(written)


@pytest.mark.parametrize(
    ("text", "scale"), [("0,10", Scale(0, 10)), (" -1 , 1, 0.5 ", Scale(-1, 1, 0.5)), ("0,1,0.1", Scale(0, 1, 0.1))]
)
def test_a_scale_is_written_as_low_high_and_perhaps_step(text, scale):
    assert Scale.parse(text) == scale


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "The scale is written LOW,HIGH or LOW,HIGH,STEP, as in 0,10,0.5, and not '0'."),
        ("0,nan", "The scale is written LOW,HIGH or LOW,HIGH,STEP, as in 0,10,0.5, and not '0,nan'."),
        ("5,5", "The scale ends at 5, which is not above its beginning, 5."),
        ("0,10,0", "The step of the scale is not a positive number."),
        ("0,1,0.3", "Steps of 0.3 from 0 do not reach 1."),
        ("0,1,2", "Steps of 2 from 0 do not reach 1."),
        ("0,1e999", "The ends of the scale are not finite numbers."),
        ("0,1e90,1", "There are too many steps of 1 from 0 to 1e+90."),
    ],
)
def test_what_is_wrong_with_a_scale_is_said(text, said):
    with pytest.raises(RatingsError) as refused:
        Scale.parse(text)
    assert str(refused.value) == said


def test_weights_are_written_as_pairs_or_as_json():
    assert parse_weights(" a = 2,b=0.5", ["b", "a"]) == {"b": 0.5, "a": 2.0}
    awkward = {"cost, fairly": 1, "a=b": 2}
    assert parse_weights(json.dumps(awkward), list(awkward)) == awkward
    assert parse_weights("a=b=2", ["a=b"]) == {"a=b": 2.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a=1", "Weights name every criterion; there is none for 'b'."),
        ("a=1,b=1,c=1", "There is no criterion 'c' to weigh; there are 'a', 'b'."),
        ("a=-1,b=1", "The weight of criterion 'a' is -1; weights are 0 or more."),
        ("a=0,b=0", "Every criterion has weight 0, so there is no total."),
        ("a=1,a=1,b=1", "Criterion 'a' has two weights."),
        ("a", "A criterion's weight is written name=2, and not 'a'."),
        ("a=x,b=1", "The weight of criterion 'a' is not a number: 'x'."),
        ('{"a": true, "b": 1}', "The weight of criterion 'a' is not a number: True."),
        ('{"a": NaN, "b": 1}', "The weight of criterion 'a' is nan; weights are 0 or more."),
        ('{"a": 1, "a": 2, "b": 1}', "Criterion 'a' has two weights."),
        ('{"a": {"b": 1}, "b": 1}', "The weight of criterion 'a' is not a number: [('b', 1)]."),
    ],
)
def test_what_is_wrong_with_weights_is_said(text, said):
    with pytest.raises(RatingsError) as refused:
        parse_weights(text, ["a", "b"])
    assert str(refused.value) == said


def test_text_that_is_no_json_object_is_refused_as_weights():
    for text in ("{", "{a: 1}", '{"a": 1} x'):
        with pytest.raises(RatingsError, match=r"^The criteria's weights are not a JSON object"):
            parse_weights(text, ["a"])


def test_weights_from_python_are_checked_the_same():
    assert list(checked_weights({"b": 1, "a": 2}, ["a", "b"]).items()) == [("a", 2.0), ("b", 1.0)]
    with pytest.raises(RatingsError):
        checked_weights({"a": float("inf"), "b": 1}, ["a", "b"])


@pytest.mark.prove
def test_a_million_rows_are_read_within_half_a_gibibyte():
    text = "submission,judge,criterion,score\n" + "".join(
        f"E{i // 10},J{(i // 10 * 7 + i % 5 * 31) % 500},c{i % 10 // 5},{i * 7 % 21 / 2}\n" for i in range(1_000_000)
    )
    content = text.encode()
    del text
    found = read_ratings(content, Scale(0, 10, 0.5))
    assert len(found.ratings.score) == 1_000_000
    tracemalloc.start()
    read_ratings(content[: len(content) // 10].rsplit(b"\n", 1)[0])
    assert tracemalloc.get_traced_memory()[1] < 50 * 2**20  # for a tenth of the rows
    tracemalloc.stop()
